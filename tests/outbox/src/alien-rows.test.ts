import { describe, expect, test } from 'vitest'
import { ALIEN_DATA, type AlienRow, unprintableIn, writeRows } from './alien-rows.ts'
import { query } from './postgres-server.ts'
import { events, open, provider, revocations, setUpDatabases, store } from './shared-database.ts'

setUpDatabases()

describe('rows that someone else has written', () => {
  test('stop no worker, and become dead letters', async () => {
    await using outbox = await open()
    await writeRows(
      store,
      ALIEN_DATA.map((data) => ({ queue: 'logouts', data })),
    )
    const tokens = await provider.issueTokens(20)
    await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
    expect(await outbox.stats()).toMatchObject({ pending: 20 + ALIEN_DATA.length })
    expect(await outbox.work({ untilEmpty: true })).toEqual({
      revoked: 20,
      expired: 0,
      dead: ALIEN_DATA.length,
      retried: 0,
    })
    expect(revocations(provider)).toBe(20)
    expect(unprintableIn(events)).toEqual([])
    expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
    const letters = await outbox.deadLetters()
    expect(letters).toHaveLength(ALIEN_DATA.length)
    expect(new Set(letters.map(({ reason }) => reason.code))).toEqual(new Set(['undecryptable', 'unknown_key']))
  })

  test('stop neither a list of dead letters, nor their retry, nor statistics', async () => {
    await using outbox = await open()
    await writeRows(
      store,
      ALIEN_DATA.map((data) => ({ queue: 'dead-letters', data })),
    )
    const [accessToken = ''] = await provider.issueTokens(1)
    const id = await outbox.add({ accessToken })
    provider.answerNext({ status: 400, body: { error: 'invalid_request' } })
    await outbox.work({ untilEmpty: true })
    await writeRows(
      store,
      ALIEN_DATA.map((data) => ({ queue: 'dead-letters', data })),
    )

    expect(await outbox.stats()).toMatchObject({ pending: 0, dead: 2 * ALIEN_DATA.length + 1 })
    const letters = await outbox.deadLetters()
    expect(letters).toHaveLength(2 * ALIEN_DATA.length + 1)
    expect(unprintableIn(letters)).toEqual([])
    expect(letters.find((letter) => letter.id === id)).toMatchObject({
      reason: { code: 'rejected', status: 400, providerError: 'invalid_request' },
      attempts: 1,
      tokens: [{ tokenType: 'access_token' }],
    })
    for (const { reason, attempts, deadAt, addedAt, tokens } of letters) {
      expect([typeof reason.code, Number.isInteger(attempts)]).toEqual(['string', true])
      for (const time of [deadAt, addedAt, ...tokens.map(({ expiresAt }) => expiresAt)]) time?.toISOString()
    }
    const pages: string[] = []
    for (let after: string | undefined; pages.length < letters.length; after = pages.at(-1)) {
      pages.push(...(await outbox.deadLetters({ limit: 7, after })).map(({ id }) => id))
    }
    expect(pages).toEqual(letters.map(({ id }) => id))

    // A row without a JWE has nothing to revoke.
    const retried = 2 * ALIEN_DATA.filter((data) => isJwe(data)).length + 1
    expect(await outbox.retry('all')).toBe(retried)
    expect(await outbox.stats()).toMatchObject({ pending: retried, dead: letters.length - retried })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1, dead: retried - 1 })
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await outbox.retry(letters.map(({ id }) => id))).toBe(retried - 1)
  })

  test('stop no settlement, however deeply they are nested', async () => {
    await using outbox = await open()
    await query(
      store,
      `INSERT INTO backend_logout.job (name, data)
      SELECT 'logouts', (repeat('[', levels) || repeat(']', levels))::jsonb FROM unnest('{900,1500,6000}'::int[]) AS levels`,
    )
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    expect(await outbox.work({ untilEmpty: true, signal: AbortSignal.timeout(30_000) })).toMatchObject({
      revoked: 1,
      dead: 3,
    })
    expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
    expect((await outbox.deadLetters()).map(({ reason }) => reason.code)).toEqual(Array(3).fill('undecryptable'))
  })

  test('with a policy of pg-boss keep nobody from claiming', async () => {
    await using outbox = await open()
    await query(
      store,
      `INSERT INTO backend_logout.job (name, priority, policy, singleton_key, data)
      SELECT 'logouts', 101, policy, 'key', '{}' FROM unnest('{singleton,singleton,key_strict_fifo,key_strict_fifo}'::text[]) AS policy`,
    )
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    expect(await outbox.work({ untilEmpty: true, signal: AbortSignal.timeout(30_000) })).toMatchObject({
      revoked: 1,
      dead: 4,
    })
  })

  test('can have unusual times and states', async () => {
    await using outbox = await open()
    const times = ['infinity', '-infinity', '4714-11-24 BC', '294276-12-31', '1970-01-01']
    const rows = times.flatMap((time): AlienRow[] => [
      { queue: 'logouts', data: null, createdOn: time },
      { queue: 'logouts', data: null, startAfter: time },
      { queue: 'dead-letters', data: null, createdOn: time },
      { queue: 'notes', data: null, createdOn: time, startAfter: time, singletonKey: 'pause' },
    ])
    const states = ['completed', 'cancelled', 'failed'].map(
      (state): AlienRow => ({ queue: 'logouts', data: {}, state }),
    )
    await writeRows(store, [...rows, ...states, { queue: 'logouts', data: {}, blocked: true }])
    const { pending, dead, oldestAgeMs, pausedUntil } = await outbox.stats()
    expect([pending, dead, pausedUntil]).toEqual([11, 5, undefined])
    expect(Number.isFinite(oldestAgeMs)).toBe(true)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 10 })
    const letters = await outbox.deadLetters()
    expect(letters).toHaveLength(15)
    for (const { deadAt } of letters) deadAt.toISOString()
    const last = await outbox.deadLetters({ after: letters.at(-2)?.id })
    expect(last).toHaveLength(1)
  })

  test('contain no record of earlier attempts that is trusted', async () => {
    await using outbox = await open()
    const outputs = [null, 5, 'text', [], { attempts: 'many', refusals: -1 }, { attempts: 1e300, refusals: {} }]
    const tokens = await provider.issueTokens(outputs.length)
    const ids = await outbox.addMany(tokens.map((accessToken) => ({ accessToken, expiresAt: Date.now() - 1e9 })))
    for (const [index, output] of outputs.entries()) {
      await query(store, 'UPDATE backend_logout.job SET retry_count = 1, output = $2 WHERE id = $1', [
        ids[index],
        JSON.stringify(output),
      ])
    }
    // None has ever been tried, so none is abandoned for its age.
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: outputs.length, expired: 0 })
  })

  test('delay nobody for longer than a provider can specify', async () => {
    await using outbox = await open()
    await outbox.add({ accessToken: (await provider.issueTokens(1))[0] })
    const pause = { queue: 'notes', singletonKey: 'pause' } as const
    await writeRows(store, [
      { ...pause, data: { code: 'network' }, startAfter: 'infinity' },
      { ...pause, data: { code: 'network' }, startAfter: new Date(Date.now() + 2 * 3_600_000).toISOString() },
      { ...pause, data: { until: 8.64e15, code: 'network' } },
      { ...pause, data: null },
    ])
    expect((await outbox.stats()).pausedUntil).toBeUndefined()
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    expect(events.filter(({ type }) => type === 'paused')).toEqual([])

    // A short pause is kept, no matter who wrote it, but not its words.
    const soon = new Date(Date.now() + 3_000).toISOString()
    await writeRows(store, [{ ...pause, data: { code: '\u001b[31mnetwork' }, startAfter: soon }])
    const { pausedUntil } = await outbox.stats()
    expect(Math.abs(Number(pausedUntil) - Date.parse(soon))).toBeLessThan(1_000)
    await outbox.add({ accessToken: (await provider.issueTokens(1))[0] })
    await outbox.work({ signal: AbortSignal.timeout(500) })
    expect(events.filter(({ type }) => type === 'paused')).toMatchObject([{ code: 'undecryptable' }])
  })

  test('of the shared pace stop no worker, whatever they contain', async () => {
    await using outbox = await open()
    await outbox.add({ accessToken: (await provider.issueTokens(1))[0] })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    const [row] = await query<{ id: string; data: object }>(
      store,
      `SELECT id, data FROM backend_logout.job WHERE name = 'notes' AND data ? 'rate'`,
    )
    const whole = row?.data ?? {}
    const far = Date.now() + 1e12
    const hostile = [
      null,
      7,
      'text',
      [],
      {},
      { ...whole, version: 'many', rate: -1 },
      { ...whole, version: null, rate: 0, limit: 1e300, regainMs: 1e300, margin: 1e300 },
      { ...whole, nextAt: far, pausedUntil: far, askedAt: far, pausedAt: far, since: far },
      { ...whole, pauses: 1e300, probeMs: 1e300 },
      { ...whole, marks: Array(10_000).fill([1, 1]), taken: 1e300, usedMs: 1e300, code: '\u001b[31mnetwork' },
    ]
    for (const data of hostile) {
      await query(store, 'UPDATE backend_logout.job SET data = $2 WHERE id = $1', [row?.id, JSON.stringify(data)])
      await outbox.add({ accessToken: (await provider.issueTokens(1))[0] })
      const startedAt = performance.now()
      expect(await outbox.work({ untilEmpty: true }), JSON.stringify(data)?.slice(0, 100)).toMatchObject({ revoked: 1 })
      expect(performance.now() - startedAt).toBeLessThan(60_000)
    }
  })
})

function isJwe(data: unknown): boolean {
  const { jwe } = (data ?? {}) as { jwe?: unknown }
  return typeof jwe === 'string' && jwe.length < 2_000_000
}
