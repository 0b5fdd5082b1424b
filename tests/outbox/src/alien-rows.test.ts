import { describe, expect, test } from 'vitest'
import { ALIEN_DATA, type AlienRow, unprintableIn, writeRows } from './alien-rows.ts'
import { query } from './postgres-server.ts'
import type { OutboxArguments } from './programs/outbox.ts'
import { startRemote } from './remote.ts'
import type { OutboxProcess } from './scene.ts'
import { encryptionKeys, events, open, provider, revocations, setUpDatabases, store } from './shared-database.ts'

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

  test('crash no worker with little memory, whatever their size and number', async () => {
    await using outbox = await open()
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    await query(
      store,
      `INSERT INTO backend_logout.job (name, priority, retry_limit, data) SELECT 'logouts', 101, 1000, data FROM (
        SELECT ('[' || repeat('{},', 2000000) || '{}]')::jsonb AS data
        UNION ALL SELECT jsonb_build_object('jwe', repeat(repeat('x', 10000), 12000))
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'lane', ${UNWRITABLE})
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'lane', ${UNWRITABLE_NUMBERS})
        UNION ALL SELECT ('[' || repeat('1e131071,', 1000) || '1]')::jsonb FROM generate_series(1, 10)
        UNION ALL SELECT jsonb_build_object('jwe', repeat(repeat('x', 1000), 2000), 'number', number) FROM generate_series(1, 48) AS number
      ) AS rows`,
    )
    await using worker = await startSmallWorker()
    expect(await worker.call('drain')).toEqual({ revoked: 1, expired: 0, dead: 62, retried: 98 })
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await worker.call('deadLetters')).toHaveLength(62)
    // The data of the others is not kept.
    expect(await worker.call('retry', 'all')).toBe(49)
  })

  test('of any size stop neither a list of dead letters nor their retry', async () => {
    await using outbox = await open()
    await query(
      store,
      `INSERT INTO backend_logout.job (name, data) SELECT 'dead-letters', data FROM (
        SELECT jsonb_build_object('jwe', ${UNWRITABLE}) AS data
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'reason', jsonb_build_object('code', ${UNWRITABLE_NUMBERS}))
      ) AS rows`,
    )
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    provider.answerNext({ status: 400, body: { error: 'invalid_request' } })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 1 })
    const codes = (await outbox.deadLetters()).map(({ reason }) => reason.code)
    expect(codes.sort()).toEqual(['rejected', 'undecryptable', 'undecryptable'])
    await using worker = await startSmallWorker()
    // The outbox wrote one of them, and another one has a JWE of ordinary size.
    expect(await worker.call('retry', 'all')).toBe(2)
  })

  test('of any size stop neither the pace, nor the pause, nor a retry', async () => {
    await using outbox = await open()
    const tokens = await provider.issueTokens(3)
    await outbox.add({ accessToken: tokens[0] })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    for (const [index, unwritable] of [UNWRITABLE, UNWRITABLE_NUMBERS].entries()) {
      await query(
        store,
        `UPDATE backend_logout.job SET data = jsonb_build_object('x', ${unwritable}) WHERE singleton_key IS NULL AND name = 'notes'`,
      )
      await query(
        store,
        `INSERT INTO backend_logout.job (name, singleton_key, start_after, data)
        SELECT 'notes', 'pause', now() + interval '2 seconds', jsonb_build_object('code', ${UNWRITABLE_NUMBERS})`,
      )
      await outbox.add({ accessToken: tokens[index + 1] })
      await query(
        store,
        `UPDATE backend_logout.job SET retry_count = 1, output = to_jsonb(repeat(repeat('x', 10000), 12000))
        WHERE name = 'logouts'`,
      )
      await using worker = await startSmallWorker()
      expect(await worker.call('drain')).toMatchObject({ revoked: 1 })
      expect(worker.output()).toBe('')
    }
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

/** An SQL expression: JSON that Postgres stores, but cannot write as text, because that has more than 1 GiB. */
const UNWRITABLE = 'to_jsonb(ARRAY[repeat(repeat(chr(1), 10000), 18000)])'

/** The same in 100 KiB: each of these numbers is stored in 12 bytes, and has 131,072 digits. */
const UNWRITABLE_NUMBERS = `('[' || repeat('1e131071,', 9000) || '1]')::jsonb`

/** Starts a worker in a process that cannot hold much. */
async function startSmallWorker(): Promise<OutboxProcess> {
  const { appHost, app } = provider
  const args: OutboxArguments = {
    store,
    provider: { appHost, appId: app.appId, appSecret: app.appSecret as string },
    keys: encryptionKeys,
  }
  const env = { NODE_OPTIONS: '--max-old-space-size=96' }
  const worker: OutboxProcess = startRemote('outbox', [JSON.stringify(args)], undefined, env)
  await worker.ready
  return worker
}

function isJwe(data: unknown): boolean {
  const { jwe } = (data ?? {}) as { jwe?: unknown }
  return typeof jwe === 'string' && jwe.length < 2_000_000
}
