import { describe, expect, test } from 'vitest'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { logoutEverywhere } from './log-out-everywhere.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'
import type { LogoutNotice } from './notice.ts'

const iss = 'https://id.example.com'
const seconds = (): number => Math.floor(Date.now() / 1000)
/** An access token that only an entry for its user can name. */
const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify({ iss, sub: 'alice', ...claims })).toString('base64url')}.c2ln`

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
    await sessions.add('3', { iss, sub: 'alice', iat: now + 120 })
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

  describe('if the clock of the provider is ahead', () => {
    const setUp = async (tokens: Record<string, object | undefined>) => {
      const store = new Map(Object.entries(tokens))
      const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
      for (const id of store.keys()) await sessions.add(id, { iss, sub: 'alice', iat: seconds() + 5 })
      const entries: { at?: number }[] = []
      const revocations = { append: async (more: readonly object[]) => entries.push(...more) }
      return { store, sessions, entries, revocations }
    }

    test('ends the sessions that exist, and makes services refuse their tokens', async () => {
      const now = seconds()
      const { store, entries, ...targets } = await setUp({
        1: { accessToken: jwt({ iat: now + 5 }) },
        2: { accessToken: 'opaque', replacedAccessTokens: [jwt({ iat: now + 7.9 })] },
      })
      expect(await logoutEverywhere({ iss, sub: 'alice' }, targets)).toMatchObject({ sessions: 2 })
      expect(store.size).toBe(0)
      expect(entries).toEqual([expect.objectContaining({ sub: 'alice', at: now + 7 })])
      // It began after that token.
      expect(await targets.sessions.add('3', { iss, sub: 'alice', iat: now + 8 })).toBe(true)
    })

    test('the entry is at most a minute ahead, and not ahead at all without later tokens', async () => {
      const now = seconds()
      const ends = async (accessToken: string): Promise<number> => {
        const { sessions, revocations, entries } = await setUp({ 1: { accessToken } })
        expect(await logoutEverywhere({ iss, sub: 'alice' }, { sessions, revocations })).toMatchObject({ sessions: 1 })
        return (entries[0]?.at ?? 0) - now
      }
      expect(await ends(jwt({ iat: now + 3_600 }))).toBeOneOf([60, 61])
      expect(await ends(jwt({ iat: 'soon' }))).toBeOneOf([0, 1])
      expect(await ends('opaque')).toBeOneOf([0, 1])
      const entries: { at?: number }[] = []
      await logoutEverywhere(
        { iss, sub: 'alice' },
        { revocations: { append: async (more) => entries.push(...(more as object[])) } },
      )
      expect((entries[0]?.at ?? 0) - now).toBeOneOf([0, 1])
    })

    test('an entry that was added early is followed by one for tokens that are found later', async () => {
      const now = seconds()
      const { store, sessions, entries, revocations } = await setUp({ 1: {}, 2: {} })
      const tokens = async (id: string) => {
        if (id === '1') throw new Error('down')
        await new Promise((resolve) => setTimeout(resolve, 20))
        return { accessToken: jwt({ iat: now + 5 }) }
      }
      const failing = { ...sessions, tokens }
      const failure = logoutEverywhere({ iss, sub: 'alice' }, { sessions: failing, revocations })
      await expect(failure).rejects.toMatchObject({ step: 'tokens' })
      expect(entries.map(({ at = 0 }) => at)).toEqual([expect.toBeOneOf([now, now + 1]), now + 5])
      expect([...store.keys()]).toEqual(['1'])
    })

    test('so is an entry for the tokens that a refresh puts into a session meanwhile', async () => {
      const now = seconds()
      let reads = 0
      const { sessions, entries, revocations } = await setUp({ 1: {} })
      const tokens = () => ({ accessToken: jwt({ iat: now + (++reads === 1 ? -5 : 9) }) })
      await logoutEverywhere({ iss, sub: 'alice' }, { sessions: { ...sessions, tokens }, revocations })
      expect(entries.map(({ at = 0 }) => at)).toEqual([expect.toBeOneOf([now, now + 1]), now + 9])
    })

    test('a time that the caller states is used as it is', async () => {
      const now = seconds()
      const { store, sessions, entries, revocations } = await setUp({ 1: { accessToken: jwt({ iat: now + 5 }) } })
      const notices: LogoutNotice[] = []
      const find = (notice: LogoutNotice) => {
        notices.push(notice)
        return sessions.find(notice)
      }
      await logoutEverywhere({ iss, sub: 'alice', at: now + 4 }, { sessions: { ...sessions, find }, revocations })
      expect([notices, store.size]).toEqual([[{ iss, sub: 'alice', at: now + 4 }], 1])
      await logoutEverywhere({ iss, sub: 'alice', at: now + 5 }, { sessions: { ...sessions, find }, revocations })
      expect([entries.map(({ at }) => at), store.size]).toEqual([[now + 4, now + 5], 0])
    })
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
