import { openPrivateStore, type PrivateStore } from '@backend-logout/private-store'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemorySessionIndex } from './memory-session-index.ts'
import type { LogoutNotice } from './notice.ts'
import { createPostgresSessionIndex, type PostgresPool } from './postgres-session-index.ts'
import type { RecordedSessions, SessionAccess } from './session-index.ts'

let database: PrivateStore
beforeAll(async () => {
  database = await openPrivateStore({ memory: true })
})
afterAll(() => database.close())

const iss = 'https://id.example.com'
const AT = 1_795_679_550

let schemas = 0
const indexes: Record<string, (access: SessionAccess) => RecordedSessions> = {
  memory: createMemorySessionIndex,
  Postgres: (access) => createPostgresSessionIndex({ ...access, pool: database, schema: `test_${++schemas}` }),
}

describe.each(Object.keys(indexes))('an index in %s', (kind) => {
  let ended: string[]
  let index: RecordedSessions
  beforeEach(() => {
    ended = []
    index = (indexes[kind] as (access: SessionAccess) => RecordedSessions)({ end: (id) => ended.push(id) })
  })
  const find = async (notice: Partial<LogoutNotice>): Promise<string[]> =>
    [...(await index.find({ iss, at: AT, ...notice }))].sort()

  test('finds by sid, else by sub, for one issuer, up to a time', async () => {
    await index.add('1', { iss, sub: 'alice', sid: 's1', iat: AT - 2 })
    await index.add('2', { iss, sub: 'alice', sid: 's2', iat: AT })
    await index.add('3', { iss, sub: 'alice', iat: AT + 1 })
    await index.add('4', { iss: 'https://other.example.com', sub: 'alice', sid: 's1', iat: AT - 2 })
    await index.add('5', { iss, sub: 'bob', sid: 's5', iat: AT - 2 })
    expect(await find({ sub: 'alice' })).toEqual(['1', '2'])
    expect(await find({ sid: 's1' })).toEqual(['1'])
    expect(await find({ sid: 's1', sub: 'alice' })).toEqual(['1'])
    expect(await find({ sid: 's1', sub: 'bob' })).toEqual([])
    expect(await find({ sid: 's2', at: AT - 1 })).toEqual([])
    expect(await find({ sub: 's1' })).toEqual([])
    expect(await find({ sid: 'alice' })).toEqual([])
  })

  test('without a time of the provider, finds sessions by its clock, and admits a user who logs in again at once', async () => {
    await index.add('1', { iss, sub: 'alice', iat: AT + 60 })
    await index.add('2', { iss, sub: 'alice', iat: AT + 61 })
    expect(await find({ sub: 'alice', at: AT + 60, localAt: AT })).toEqual(['1'])
    await index.end('1')
    expect(await index.add('3', { iss, sub: 'alice', iat: AT + 1 })).toBe(true)
    expect(await index.add('4', { iss, sub: 'alice', iat: AT })).toBe(false)
  })

  test('removes sessions that have ended, here or elsewhere', async () => {
    for (const id of ['1', '2', '3']) await index.add(id, { iss, sub: 'alice', iat: AT - 2 })
    await index.end('1')
    await index.remove('2')
    expect(ended).toEqual(['1'])
    expect(await find({ sub: 'alice' })).toEqual(['3'])
  })

  test('keeps a session that could not be ended', async () => {
    const stubborn = (indexes[kind] as (access: SessionAccess) => RecordedSessions)({
      end: () => Promise.reject(new Error('down')),
    })
    await stubborn.add('1', { iss, sub: 'alice', iat: AT })
    await expect(stubborn.end('1')).rejects.toThrow('down')
    expect([...(await stubborn.find({ iss, sub: 'alice', at: AT }))]).toEqual(['1'])
  })

  test("calls methods of a class for the application's sessions", async () => {
    const store = new Map([['1', { accessToken: 'a' }]])
    class Sessions {
      readonly #store = store
      tokens(id: string) {
        return this.#store.get(id)
      }
      end(id: string) {
        return this.#store.delete(id)
      }
    }
    const postgres = { pool: database, schema: `test_${++schemas}` }
    const own =
      kind === 'memory'
        ? createMemorySessionIndex(new Sessions())
        : createPostgresSessionIndex(Object.assign(new Sessions(), postgres))
    await own.add('1', { iss, sub: 'alice', iat: AT })
    expect(await own.tokens?.('1')).toEqual({ accessToken: 'a' })
    await own.end('1')
    expect(store.size).toBe(0)
  })

  test('replaces a session with the same id', async () => {
    await index.add('1', { iss, sub: 'alice', sid: 's1', iat: AT })
    await index.add('1', { iss, sub: 'bob', iat: AT })
    expect(await find({ sub: 'alice' })).toEqual([])
    expect(await find({ sid: 's1' })).toEqual([])
    expect(await find({ sub: 'bob' })).toEqual(['1'])
  })

  test('accepts ids of any characters and length', async () => {
    const odd = ["'; DROP TABLE session; --", '\u{1f600}'.repeat(512), '__proto__', '["x"]']
    for (const name of odd) expect(await index.add(name, { iss, sub: name, sid: name, iat: AT })).toBe(true)
    for (const name of odd) expect(await find({ sid: name, sub: name })).toEqual([name])
  })

  test('accepts the largest ids, and refuses larger ones before it writes anything', async () => {
    // All different, because Postgres compresses what repeats.
    const ideographs = (count: number): string =>
      String.fromCharCode(...Array.from({ length: count }, (_, index) => 0x4e00 + ((index * 7_919) % 20_000)))
    expect(await index.add(ideographs(866), { iss, sub: 'alice', iat: AT })).toBe(true)
    await expect(index.add(ideographs(867), { iss, sub: 'alice', iat: AT })).rejects.toThrow(/^id .*2600 bytes/)
    expect(await find({ sub: 'alice' })).toEqual([ideographs(866)])
  })

  test.each<[string, string, object]>([
    ['id', '', {}],
    ['sub', '1', { sub: undefined }],
    ['sub', '1', { sub: 'a\0' }],
    ['iss', '1', { iss: 7 }],
    ['sid', '1', { sid: '' }],
    ['iat', '1', { iat: Date.now() }],
    ['iat', '1', { iat: undefined }],
  ])('refuses a login with a wrong %s', async (name, id, wrong) => {
    await expect(index.add(id, { iss, sub: 'alice', iat: AT, ...wrong } as never)).rejects.toThrow(
      new RegExp(`^${name} `),
    )
  })

  test('names the first missing claim if there are none, and takes null for no options', async () => {
    await expect(index.add('1', null as never)).rejects.toThrow(/^iss must be/)
    expect(await index.add('1', { iss, sub: 'alice', iat: AT }, null as never)).toBe(true)
  })

  test('refuses an expiry in seconds', async () => {
    await expect(index.add('1', { iss, sub: 'alice', iat: AT }, { expiresAt: AT })).rejects.toThrow('expiresAt')
  })

  test('refuses an expiry that Postgres cannot represent', async () => {
    const added = index.add('1', { iss, sub: 'alice', iat: AT }, { expiresAt: Number.POSITIVE_INFINITY })
    await expect(added).rejects.toThrow('expiresAt')
  })

  test('for any order of logins and reports, the same sessions remain, and none that began later', async () => {
    const subject = fc.constantFrom('alice', 'bob')
    const session = fc.option(fc.constantFrom('s1', 's2'), { nil: undefined })
    const time = fc.integer({ min: AT, max: AT + 6 })
    const login = fc.record({ kind: fc.constant('login' as const), sub: subject, sid: session, at: time })
    const logout = fc.record({ kind: fc.constant('logout' as const), sub: subject, sid: session, at: time })
    let round = 0
    let live = new Set<string>()
    const one = (indexes[kind] as (access: SessionAccess) => RecordedSessions)({ end: (id) => live.delete(id) })

    /** Reports everything to an index in this order, and returns the remaining logins. */
    const play = async (steps: readonly (Step & { readonly id: string })[]): Promise<string[]> => {
      live = new Set<string>()
      const name = (of: string): string => `${round}-${of}`
      round++
      for (const { kind: what, id, sub, sid, at } of steps) {
        // Each round has a separate issuer, so that rounds do not see each other's sessions.
        const own = `${iss}/${round}`
        if (what === 'login') {
          live.add(name(id))
          if (!(await one.add(name(id), { iss: own, sub, sid, iat: at }))) live.delete(name(id))
        } else {
          const notice = { iss: own, at, ...(sid === undefined ? { sub } : { sub, sid }) }
          for (const found of await one.find(notice)) await one.end(found)
        }
      }
      return [...live].map((id) => id.replace(/^\d+-/, '')).sort()
    }
    type Step = { kind: 'login' | 'logout'; sub: string; sid: string | undefined; at: number }

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(login, logout), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (given, chaos) => {
          const steps = given.map((step, index) => ({ ...step, id: String(index) }))
          const expected = steps
            .filter(({ kind: what, sub, sid, at }) => {
              const isEnded = steps.some(
                (other) =>
                  other.kind === 'logout' &&
                  at <= other.at &&
                  other.sub === sub &&
                  (other.sid === undefined || other.sid === sid),
              )
              return what === 'login' && !isEnded
            })
            .map(({ id }) => id)
            .sort()
          // Reports are duplicated and replayed; everything is permuted.
          const delivered = [...steps, ...steps.filter(({ kind: what }) => what === 'logout')]
          const permuted = delivered
            .map((step) => ({ step, rank: chaos.next().value as number }))
            .sort((one, other) => one.rank - other.rank)
            .map(({ step }) => step)
          expect(await play(steps)).toEqual(expected)
          expect(await play(permuted)).toEqual(expected)
        },
      ),
      { numRuns: kind === 'memory' ? 300 : 15 },
    )
  })
})

test('a login reads no reports that other clients of the database have written', async () => {
  let read = 0
  const pool: PostgresPool = {
    async query(text, values) {
      const result = await database.query(text, values)
      read += JSON.stringify(result.rows).length
      return result
    },
  }
  const index = createPostgresSessionIndex({ pool, schema: 'large', end: () => {} })
  await index.remove('none')
  await database.query(
    "INSERT INTO large.logout SELECT $1, 'alice', repeat('x', 10000000), $2, $2 FROM generate_series(1, 3)",
    [iss, AT],
  )
  expect(await index.add('1', { iss, sub: 'alice', sid: 's1', iat: AT - 2 })).toBe(true)
  expect(await index.find({ iss, sub: 'alice', at: AT })).toEqual(['1'])
  expect(await index.add('1', { iss, sub: 'alice', sid: 's1', iat: AT - 2 })).toBe(false)
  expect(read).toBeLessThan(1_000)
})

test('a statement that is never answered does not stop later calls', { timeout: 20_000 }, async () => {
  let isDark = true
  const pool: PostgresPool = {
    query: (text, values) => (isDark ? new Promise(() => {}) : database.query(text, values)),
  }
  const sessions = createPostgresSessionIndex({ pool, schema: `test_${++schemas}`, end: () => {} })
  const first = sessions.add('1', { iss, sub: 'alice', iat: AT })
  isDark = false
  await expect(first).rejects.toThrow('5000 ms')
  expect(await sessions.add('1', { iss, sub: 'alice', iat: AT })).toBe(true)
})

test('a clock that is ahead deletes no session', async () => {
  const schema = `test_${++schemas}`
  const pool: PostgresPool = {
    query: (text, values) => {
      // The database has its own clock.
      vi.useRealTimers()
      return database.query(text, values)
    },
  }
  const sessions = createPostgresSessionIndex({ pool, schema, end: () => {} })
  await sessions.add('1', { iss, sub: 'alice', iat: AT })
  for (let call = 2; call < 999; call++) await sessions.remove('another')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 40 * 86_400_000 })
  await sessions.remove('another')
  expect((await database.query(`SELECT id FROM ${schema}.session`)).rows).toEqual([{ id: '1' }])
})

test('two processes that create the tables at the same time both succeed', async () => {
  const options = { pool: database, schema: 'at_once', end: () => {} }
  const claims = { iss, sub: 'alice', iat: AT }
  const [one, other] = [createPostgresSessionIndex(options), createPostgresSessionIndex(options)]
  expect(await Promise.all([one.add('1', claims), other.add('2', claims)])).toEqual([true, true])
  expect([...(await one.find({ iss, sub: 'alice', at: AT }))].sort()).toEqual(['1', '2'])
})
