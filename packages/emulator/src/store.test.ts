import { expect, test } from 'vitest'
import { MemoryStore } from './store.ts'

test('a record exists until it expires', async () => {
  const store = new MemoryStore()
  store.set('AccessToken', 'lasting', {}, 1000)
  store.set('AccessToken', 'over', {}, -1)
  expect(store.get('AccessToken', 'lasting')).toEqual({})
  expect(store.get('AccessToken', 'over')).toBeUndefined()
  expect(store.get('RefreshToken', 'lasting')).toBeUndefined()
  expect(store.size).toBe(1)
})

test('the store never exceeds its maximum: it removes expired records first, then the oldest', () => {
  const store = new MemoryStore(100)
  store.set('AccessToken', 'oldest', { grantId: 'g' }, 1000)
  for (let i = 0; i < 50; i++) store.set('AccessToken', `over-${i}`, {}, -1)
  for (let i = 0; i < 50; i++) store.set('AccessToken', `fresh-${i}`, {}, 1000)
  expect(store.get('AccessToken', 'oldest')).toBeDefined()
  for (let i = 0; i < 1000; i++) {
    store.set('AccessToken', `more-${i}`, { grantId: `g${i}` }, 1000)
    expect(store.size).toBeLessThanOrEqual(100)
  }
  expect(store.get('AccessToken', 'oldest')).toBeUndefined()
  expect(store.get('AccessToken', 'more-999')).toBeDefined()
})

test('revoking a grant removes its tokens of every model, and no others', async () => {
  const store = new MemoryStore()
  store.set('Grant', 'g', {}, 1000)
  store.set('AccessToken', 'a', { grantId: 'g' }, 1000)
  store.set('RefreshToken', 'r', { grantId: 'g' }, 1000)
  store.set('AccessToken', 'other', { grantId: 'h' }, 1000)
  await store.adapter('AccessToken').revokeByGrantId('g')
  expect(['a', 'r', 'other'].map((id) => store.get('AccessToken', id) ?? store.get('RefreshToken', id))).toEqual([
    undefined,
    undefined,
    { grantId: 'h' },
  ])
  expect(store.get('Grant', 'g')).toBeDefined()
  store.revokeGrant('g')
  expect(store.get('Grant', 'g')).toBeUndefined()
})

test('revoking a grant works if one of its tokens was already removed', () => {
  const store = new MemoryStore()
  store.set('AccessToken', 'a', { grantId: 'g' }, 1000)
  store.set('AccessToken', 'b', { grantId: 'g' }, 1000)
  store.remove('AccessToken', 'a')
  store.revokeGrant('g')
  expect(store.size).toBe(0)
})

test('a session is found by its uid, even after its identifier changed', async () => {
  const store = new MemoryStore()
  const sessions = store.adapter('Session')
  await sessions.upsert('one', { uid: 'u', jti: 'one' }, 1000)
  await sessions.upsert('two', { uid: 'u', jti: 'two' }, 1000)
  await sessions.destroy('one')
  expect(await sessions.findByUid('u')).toMatchObject({ jti: 'two' })
  await sessions.destroy('two')
  expect(await sessions.findByUid('u')).toBeUndefined()
})

test('a record can be marked as consumed', async () => {
  const codes = new MemoryStore().adapter('AuthorizationCode')
  await codes.upsert('c', {}, 1000)
  await codes.consume('c')
  expect(await codes.find('c')).toEqual({ consumed: expect.any(Number) })
})
