import { revocationEntryOf, type TokenRevocationEntry } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { openOutbox } from './open-outbox.ts'

const jwt = (jti: string): string => {
  const claims = { iss: 'https://id.example.com', jti, exp: Math.floor(Date.now() / 1000) + 3600 }
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`
}

test('access tokens are on the list before their logouts are stored; a token without an entry is stored anyway', async () => {
  const entries: TokenRevocationEntry[] = []
  const pending: number[] = []
  await using outbox = await openOutbox({
    store: { memory: true },
    revocations: {
      async append(given) {
        pending.push((await outbox.stats()).pending)
        entries.push(...given)
      },
    },
  })
  // A second later, it would expire a second later.
  const first = jwt('1')
  await outbox.add({ accessToken: first, refreshToken: 'r' })
  await outbox.add({ accessToken: 'opaque' })
  await outbox.add({ refreshToken: jwt('a refresh token is not on the list') })
  await outbox.addMany([{ accessToken: jwt('2') }, { refreshToken: 'r' }, { accessToken: jwt('3') }])
  expect(entries).toEqual(['1', '2', '3'].map((jti) => expect.objectContaining({ jti })))
  expect(entries[0]).toEqual(revocationEntryOf(first))
  expect(pending).toEqual([0, 3])
  expect((await outbox.stats()).pending).toBe(6)
})

test('a logout is refused if the list refuses its entry, and the message contains no token', async () => {
  await using outbox = await openOutbox({
    store: { memory: true },
    revocations: { append: () => Promise.reject(new Error('the list is down')) },
  })
  for (const adding of [outbox.add({ accessToken: jwt('1') }), outbox.addMany([{ accessToken: jwt('2') }])]) {
    await expect(adding).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/the list is down/),
    })
  }
  expect((await outbox.stats()).pending).toBe(0)
})

test('refuses a value that is not a list', async () => {
  await expect(openOutbox({ store: { memory: true }, revocations: {} as never })).rejects.toMatchObject({
    code: 'invalid_options',
    message: expect.stringMatching(/revocations/),
  })
})
