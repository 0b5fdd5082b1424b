import { describe, expect, test } from 'vitest'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { logoutEverywhere } from './log-out-everywhere.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'

const iss = 'https://id.example.com'

describe('logoutEverywhere()', () => {
  test('ends sessions that began before now, and reports their number', async () => {
    const store = new Map([
      ['1', { accessToken: 'a', refreshToken: 'r' }],
      ['2', { accessToken: 'b' }],
    ])
    const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id) as never, end: (id) => store.delete(id) })
    const now = Math.floor(Date.now() / 1000)
    await sessions.add('1', { iss, sub: 'alice', iat: now - 5 })
    await sessions.add('2', { iss, sub: 'alice', iat: now - 5 })
    await sessions.add('3', { iss, sub: 'alice', iat: now + 60 })
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    expect(await logoutEverywhere({ iss, sub: 'alice' }, { sessions, outbox })).toEqual({ sessions: 2, tokens: 3 })
    expect(added).toHaveLength(2)
    expect(await logoutEverywhere({ iss, sub: 'alice' }, { sessions, outbox })).toEqual({ sessions: 0, tokens: 0 })
  })

  test('secures tokens that a refresh puts into a session meanwhile', async () => {
    const claims = (jti: string): string =>
      Buffer.from(JSON.stringify({ iss, jti, exp: Math.floor(Date.now() / 1000) + 600 })).toString('base64url')
    const tokens = (n: number) => ({ accessToken: `e30.${claims(`${n}`)}.c2ln`, refreshToken: `r${n}` })
    const store = new Map([['1', tokens(0)]])
    const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
    await sessions.add('1', { iss, sub: 'alice', iat: Math.floor(Date.now() / 1000) - 5 })
    const added: unknown[] = []
    const outbox = {
      async add({ refreshToken }: { refreshToken?: string | undefined }) {
        added.push(refreshToken)
        if (refreshToken === 'r0') store.set('1', tokens(1))
      },
    }
    const entries: unknown[] = []
    const revocations = { append: async (more: readonly unknown[]) => entries.push(...more) }
    const result = await logoutEverywhere({ iss, sub: 'alice' }, { sessions, outbox, revocations })
    expect(result).toEqual({ sessions: 1, tokens: 4 })
    expect(added).toEqual(['r0', 'r1'])
    for (const jti of ['0', '1']) expect(entries).toContainEqual(expect.objectContaining({ jti }))
    expect(store.size).toBe(0)
  })

  test('adds tokens to the outbox once, even if their expiry is computed anew', async () => {
    let reads = 0
    const sessions = createMemorySessionIndex({
      tokens: () => ({ refreshToken: 'r', expiresAt: Date.now() + 3_600_000 + ++reads }),
      end: () => {},
    })
    await sessions.add('1', { iss, sub: 'alice', iat: Math.floor(Date.now() / 1000) - 5 })
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    expect(await logoutEverywhere({ iss, sub: 'alice' }, { sessions, outbox })).toEqual({ sessions: 1, tokens: 1 })
    expect([reads, added.length]).toEqual([2, 1])
  })

  test('ends no session whose tokens are under other names, where they would stay active', async () => {
    const store = new Map([['1', { accessToken: 'a', refresh_token: 'r' }]])
    const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
    await sessions.add('1', { iss, sub: 'alice', iat: Math.floor(Date.now() / 1000) - 5 })
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    const failure = logoutEverywhere({ iss, sub: 'alice' }, { sessions, outbox })
    const cause = expect.objectContaining({ message: expect.stringContaining('refresh_token') })
    await expect(failure).rejects.toMatchObject({ step: 'tokens', cause })
    expect([added, store.size]).toEqual([[], 1])
  })

  test('adds the logout to the list once, even if a session cannot end', async () => {
    const sessions = createMemorySessionIndex({ end: () => Promise.reject(new Error('down')) })
    await sessions.add('1', { iss, sub: 'alice', iat: Math.floor(Date.now() / 1000) - 5 })
    const entries: unknown[] = []
    const revocations = { append: async (more: readonly unknown[]) => entries.push(...more) }
    const failure = logoutEverywhere({ iss, sub: 'alice' }, { sessions, revocations })
    await expect(failure).rejects.toMatchObject({ step: 'end' })
    expect(entries).toEqual([expect.objectContaining({ iss, sub: 'alice' })])
  })

  test('names the step that failed', async () => {
    const revocations = { append: () => Promise.reject(new Error('down')) }
    const failure = logoutEverywhere({ iss, sub: 'alice' }, { revocations })
    await expect(failure).rejects.toThrow(IncompleteLogoutError)
    await expect(failure).rejects.toMatchObject({ step: 'revocations' })
  })

  test.each([
    {},
    { iss },
    { iss, sub: '' },
    { iss, sub: 'alice', sid: '' },
    { iss, sub: 'alice', at: 1.5 },
    { iss, sub: 'alice', at: Date.now() * 1000 },
  ])('refuses %j', async (who) => {
    const revocations = { append: async () => {} }
    await expect(logoutEverywhere(who as never, { revocations })).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})
