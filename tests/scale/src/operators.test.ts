import dns from 'node:dns'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Outbox, type OutboxEvent, type OutboxOptions, outboxSchemaSql } from '@backend-logout/outbox'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startCluster } from './cluster.ts'
import { end, type LimitedProvider, names, openAdder, startLimitedProvider } from './fleet.ts'

let provider: LimitedProvider
let postgres: PostgresServer
let store: string
let databases = 0

beforeAll(async () => {
  ;[provider, postgres] = await Promise.all([
    startLimitedProvider(),
    startPostgres({ settings: ['max_connections=20', 'superuser_reserved_connections=1'] }),
  ])
})
afterAll(() => end([provider, postgres]))
beforeEach(async () => {
  store = await postgres.database(`operators_${++databases}`)
  await provider.call('reset')
})

const open = (options: Partial<OutboxOptions> = {}): Promise<Outbox> => openAdder(provider, store, options)
const admin = (text: string): Promise<unknown[]> => query(store, text)
const DISCONNECT = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'backend-logout outbox' AND datname = current_database()`
const as = (role: string): string => store.replace('postgres:a-password', `${role}:pw`)
/** Adds and revokes some logouts, to show that everything works. */
const passThrough = async (outbox: Outbox, count = 50): Promise<void> => {
  await outbox.addMany(names(`t${databases}`, count))
  await outbox.add({ accessToken: `user-${databases}` })
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: count + 1, dead: 0 })
}
const secondsOf = async (task: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await task()
  return (performance.now() - startedAt) / 1000
}
const hidesPassword = (error: unknown): void => {
  const { message, stack, cause } = error as Error
  expect(`${message} ${stack} ${(cause as Error | undefined)?.message}`).not.toMatch(/a-password|:pw@/)
}

describe('a role with few rights', () => {
  test('needs no right to create anything if the tables already exist', async () => {
    await admin(`CREATE ROLE few_${databases} LOGIN PASSWORD 'pw'`)
    await admin(outboxSchemaSql({ role: `few_${databases}` }))
    store = as(`few_${databases}`)
    await using outbox = await open()
    await passThrough(outbox)
    expect(await outbox.deadLetters()).toEqual([])
  })

  test('creates the tables in an existing schema, without the right to create schemas', async () => {
    await admin(`CREATE ROLE owner_${databases} LOGIN PASSWORD 'pw'`)
    await admin(`CREATE SCHEMA backend_logout AUTHORIZATION owner_${databases}`)
    store = as(`owner_${databases}`)
    await using outbox = await open()
    await passThrough(outbox)
  })

  test('gets an error that names missing tables, without its password', async () => {
    await admin(`CREATE ROLE none_${databases} LOGIN PASSWORD 'pw'`)
    store = as(`none_${databases}`)
    const error = await open().catch((error) => error)
    expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(/permission denied/) })
    hidesPassword(error)
  })
})

test('a statement_timeout of the role cancels a long statement, and the outbox recovers', async () => {
  {
    await using _created = await open()
  }
  const role = `hasty_${databases}`
  await admin(`CREATE ROLE ${role} LOGIN PASSWORD 'pw' SUPERUSER`)
  await admin(`ALTER ROLE ${role} SET statement_timeout = '400ms'`)
  store = as(role)
  await using outbox = await open()
  const blocker = new pg.Client({ connectionString: store.replace(`${role}:pw`, 'postgres:a-password') })
  await blocker.connect()
  try {
    await blocker.query('BEGIN')
    await blocker.query('LOCK TABLE backend_logout.job IN ACCESS EXCLUSIVE MODE')
    const adding = outbox.add({ accessToken: 'blocked' })
    await sleep(1_500)
    await blocker.query('ROLLBACK')
    await adding
  } finally {
    await blocker.end()
  }
  expect(await outbox.stats()).toMatchObject({ pending: 1 })
})

test('an idle_session_timeout ends connections, and nothing fails because of it', async () => {
  {
    await using _created = await open()
  }
  const role = `idle_${databases}`
  await admin(`CREATE ROLE ${role} LOGIN PASSWORD 'pw' SUPERUSER`)
  await admin(`ALTER ROLE ${role} SET idle_session_timeout = '300ms'`)
  store = as(role)
  await using outbox = await open()
  for (let round = 0; round < 4; round++) {
    await sleep(600)
    await outbox.add({ accessToken: `idle-${round}` })
  }
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 4 })
})

test('a name that temporarily fails to resolve is retried, within addTimeoutMs', async () => {
  const direct = store
  store = direct.replace('127.0.0.1', 'localhost')
  const events: OutboxEvent[] = []
  await using outbox = await open({ addTimeoutMs: 5_000, onEvent: (event) => events.push(event) })
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  const { lookup } = dns
  // Like a resolver that is restarted: nothing here can make the system's resolver fail.
  dns.lookup = ((name: string, _options: unknown, done: (error: Error) => void) => {
    setImmediate(done, Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), { code: 'EAI_AGAIN' }))
  }) as unknown as typeof dns.lookup
  try {
    // A connection that is just being made can be ended only after its login.
    for (let quiet = 0; quiet < 5; quiet++) {
      if ((await query(direct, DISCONNECT)).length > 0) quiet = 0
      await sleep(100)
    }
    const adding = outbox.add({ accessToken: 'unresolved' })
    await sleep(2_000)
    expect(events).toContainEqual({
      type: 'store_error',
      code: 'store_unavailable',
      message: expect.stringContaining('EAI_AGAIN'),
    })
    expect(events.filter(({ type }) => type === 'added')).toEqual([])
    dns.lookup = lookup
    await adding
  } finally {
    dns.lookup = lookup
  }
  while ((await provider.call('firstAsked', ['unresolved']))[0] === undefined) await sleep(20)
  stop.abort()
  expect(await work).toMatchObject({ revoked: 1, dead: 0 })
})

test('a server without a free connection is retried, within addTimeoutMs', async () => {
  await using outbox = await open({ addTimeoutMs: 4_000 })
  const role = `greedy_${databases}`
  await admin(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`)
  await admin(DISCONNECT)
  // The outbox must not be a superuser, for whom some connections are reserved.
  const taken: pg.Client[] = []
  for (let count = 0; count < 40; count++) {
    const client = new pg.Client({ connectionString: as(role) })
    client.on('error', () => {})
    try {
      await client.connect()
      taken.push(client)
    } catch {
      break
    }
  }
  const reserved = new pg.Client({ connectionString: store })
  await reserved.connect().catch(() => {})
  const adding = outbox.add({ accessToken: 'waits' })
  await sleep(1_000)
  await Promise.all([reserved, ...taken].map((client) => client.end().catch(() => {})))
  await adding
  expect(await outbox.stats()).toMatchObject({ pending: 1 })
})

test.each(['fast', 'immediate'] as const)('a %s restart of the server is soon over', async (mode) => {
  await using outbox = await open({ addTimeoutMs: 20_000 })
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  await outbox.addMany(names('before', 200))
  await postgres.stop(mode)
  const adding = outbox.add({ accessToken: 'during' })
  await postgres.start()
  const seconds = await secondsOf(async () => {
    await adding
    while ((await provider.call('firstAsked', ['during']))[0] === undefined) await sleep(20)
  })
  // It is one or two; claims that nobody releases would last fifteen minutes.
  expect(seconds).toBeLessThan(60)
  stop.abort()
  expect(await work).toMatchObject({ dead: 0 })
})

describe('a standby', () => {
  test('refuses additions in time, can be counted, and reports how durable logouts are', async () => {
    await using cluster = await startCluster('synchronous')
    store = cluster.address
    await using outbox = await open({ store: { postgres: store, synchronousCommit: 'remote_apply' } })
    await outbox.add({ accessToken: 'one' })
    expect((await outbox.stats()).postgres).toEqual({
      ...{ synchronousCommit: 'remote_apply', synchronousStandbys: 'standby', isStandby: false },
    })
    await using reader = await open({ store: { postgres: cluster.standby(), readOnly: true } })
    // It was applied there before `add()` resolved.
    expect(await reader.stats()).toMatchObject({ pending: 1, postgres: { isStandby: true } })
    expect(await reader.deadLetters()).toEqual([])
    await expect(reader.add({ accessToken: 'x' })).rejects.toMatchObject({ code: 'invalid_argument' })
    const seconds = await secondsOf(() =>
      expect(open({ store: cluster.standby() })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/read-only/),
      }),
    )
    // It gives up on its own, long before the test does.
    expect(seconds).toBeLessThan(60)
  })

  test('is waited for according to `synchronousCommit`, whatever the setting of the server', async () => {
    await using cluster = await startCluster('synchronous')
    const address = { postgres: cluster.address, synchronousCommit: 'remote_apply' } as const
    await using outbox = await open({ store: address, addTimeoutMs: 3_000 })
    await outbox.add({ accessToken: 'one' })
    // The standby still receives and flushes, which is enough for `on`, the setting of the server.
    await query(cluster.standby(), 'SELECT pg_wal_replay_pause()')
    await expect(outbox.add({ accessToken: 'two' })).rejects.toMatchObject({ code: 'store_unavailable' })
    await query(cluster.standby(), 'SELECT pg_wal_replay_resume()')
    await outbox.add({ accessToken: 'three' })
  })
  test('is waited for only until it has received a logout, with `remote_write`', async () => {
    await using cluster = await startCluster('synchronous')
    await query(
      cluster.address,
      `ALTER DATABASE ${new URL(cluster.address).pathname.slice(1)} SET synchronous_commit = local`,
    )
    const address = { postgres: cluster.address, synchronousCommit: 'remote_write' } as const
    await using outbox = await open({ store: address, addTimeoutMs: 3_000 })
    await using careless = await open({ store: cluster.address })
    await query(cluster.standby(), 'SELECT pg_wal_replay_pause()')
    await outbox.add({ accessToken: 'not applied' })
    await query(cluster.standby(), 'SELECT pg_wal_replay_resume()')
    await query(cluster.standby(), "ALTER SYSTEM SET primary_conninfo = ''")
    await query(cluster.standby(), 'SELECT pg_reload_conf()')
    while ((await query(cluster.address, 'SELECT FROM pg_stat_replication')).length > 0) await sleep(50)
    await expect(outbox.add({ accessToken: 'not received' })).rejects.toMatchObject({ code: 'store_unavailable' })
    await careless.add({ accessToken: 'local' })
  })
})
