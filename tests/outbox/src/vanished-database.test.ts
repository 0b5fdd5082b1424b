import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent } from '@backend-logout/outbox'
import { describe, expect, test } from 'vitest'
import { lockLogouts } from './lock-logouts.ts'
import { query, startPostgres } from './postgres-server.ts'
import { startOutbox, type Told } from './scene.ts'
import { setStage } from './stage.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const stage = setStage()
const { keys, open } = stage

const through = ({ port }: TcpProxy): string => stage.store.replace(/:\d+\//, `:${port}/`)
const startProxy = (): Promise<TcpProxy> => startTcpProxy(Number(new URL(stage.store).port))
const secondsOf = async (task: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await task()
  return (performance.now() - startedAt) / 1000
}

describe('connections that fall silent, while new ones work', () => {
  test('let add() use another connection, within its time', async () => {
    await using proxy = await startProxy()
    await using outbox = await open({ store: through(proxy) })
    // Several connections are idle.
    await Promise.all(Array.from({ length: 10 }, () => outbox.stats()))
    proxy.silence()
    const seconds = await secondsOf(() =>
      Promise.all(Array.from({ length: 50 }, (_, index) => outbox.add({ accessToken: `token-${index}` }))),
    )
    // Within the time limit of an add, which would reject otherwise.
    expect(seconds).toBeLessThan(15)
    expect(await outbox.stats()).toMatchObject({ pending: 50 })
    // Tried twice, stored once.
    const [row] = await query<{ count: string }>(
      stage.store,
      `SELECT count(*) AS count FROM backend_logout.job WHERE name = 'logouts'`,
    )
    expect(Number(row?.count)).toBe(50)
  })

  test('let a worker continue within seconds', async () => {
    await using proxy = await startProxy()
    const events: OutboxEvent[] = []
    await using outbox = await open({ store: through(proxy), onEvent: (event) => events.push(event) })
    await using adder = await open({ store: stage.store })
    const stop = new AbortController()
    const work = outbox.work({ signal: stop.signal })
    const tokens = await stage.provider.call('issue', 300)
    await adder.addMany(tokens.slice(0, 100).map((accessToken) => ({ accessToken })))
    await stage.provider.call('untilInactive', tokens.slice(0, 100))
    proxy.silence()
    await adder.addMany(tokens.slice(100).map((accessToken) => ({ accessToken })))
    const seconds = await secondsOf(() => stage.provider.call('untilInactive', tokens))
    // A connection that is not abandoned is silent until the kernel gives up: a quarter of an hour.
    expect(seconds).toBeLessThan(60)
    expect(events.filter(({ type }) => type === 'store_error').length).toBeGreaterThan(0)
    stop.abort()
    expect(await work).toMatchObject({ revoked: 300, dead: 0 })
  })
})

describe('a database that does not respond at all', () => {
  test('makes add() fail within addTimeoutMs, stats() within its time, and close() end', async () => {
    await using proxy = await startProxy()
    const outbox = await open({ store: through(proxy), addTimeoutMs: 1_000 })
    await outbox.stats()
    proxy.silenceNew()
    proxy.silence()
    const failing = async (call: Promise<unknown>): Promise<number> =>
      secondsOf(() => expect(call).rejects.toMatchObject({ name: 'OutboxError', code: 'store_unavailable' }))
    expect(await failing(outbox.add({ accessToken: 'a' }))).toBeLessThan(4.5)
    expect(await failing(outbox.addMany([{ accessToken: 'b' }]))).toBeLessThan(4.5)
    expect(await failing(outbox.stats())).toBeLessThan(60)
    expect(await failing(outbox.deadLetters())).toBeLessThan(60)
    expect(await failing(outbox.retry('all'))).toBeLessThan(60)
    const adding = failing(outbox.add({ accessToken: 'c' }))
    expect(await secondsOf(() => outbox.close())).toBeLessThan(30)
    await adding
    // A logout that was abandoned before it was sent is not stored later.
    const rows = await query(stage.store, `SELECT 1 FROM backend_logout.job WHERE name = 'logouts'`)
    expect(rows).toEqual([])
  })

  test('makes opening an outbox fail in time', async () => {
    await using proxy = await startProxy()
    proxy.silenceNew()
    const seconds = await secondsOf(() =>
      expect(open({ store: through(proxy) })).rejects.toMatchObject({ code: 'store_unavailable' }),
    )
    expect(seconds).toBeLessThan(60)
  })

  test.each(['while it works', 'while it is idle'])(
    'lets SIGTERM end a worker %s, within its grace period',
    async (when) => {
      await using proxy = await startProxy()
      let stopped: unknown
      const onTold = (told: Told): void => {
        if ('stopped' in told) stopped = told.stopped
      }
      const work = { concurrency: 4 }
      await using worker = await startOutbox(stage.provider, through(proxy), { keys, work }, onTold)
      await worker.ready
      if (when === 'while it works') {
        await stage.provider.call('answerAlways', { delayMs: 50 })
        await using adder = await open({ store: stage.store })
        await adder.addMany((await stage.provider.call('issue', 200)).map((accessToken) => ({ accessToken })))
        const before = await stage.provider.call('revocations')
        while ((await stage.provider.call('revocations')) < before + 20) await sleep(5)
      }
      proxy.silenceNew()
      proxy.silence()
      await sleep(1_000)
      worker.kill('SIGTERM')
      const seconds = await secondsOf(async () => expect(await worker.ended).toBe(0))
      expect(seconds).toBeLessThan(30)
      expect(stopped).toMatchObject({ dead: 0 })
    },
  )
})

// A statement that was given up once stayed in the server, in addition to the next one, until no connection was left.
test.each([
  ['without TLS', ''],
  ['with TLS', '?sslmode=no-verify'],
])('statements that wait for a lock are canceled, %s: the server has at most maxConnections', async (_, parameters) => {
  if (parameters) await acceptTls()
  const store = { postgres: `${stage.store}${parameters}`, maxConnections: 3 }
  await using outbox = await open({ store, addTimeoutMs: 2_000 })
  const stop = new AbortController()
  let work: Promise<unknown>
  {
    await using _lock = await lockLogouts(stage.store)
    work = outbox.work({ signal: stop.signal })
    const adding = Promise.allSettled(Array.from({ length: 20 }, () => outbox.add({ accessToken: 'x' })))
    let isRefused = false
    adding.then(() => (isRefused = true))
    let most = 0
    while (!isRefused) {
      const ours = "application_name = 'backend-logout outbox' AND datname = current_database()"
      most = Math.max(most, (await query(stage.store, `SELECT FROM pg_stat_activity WHERE ${ours}`)).length)
    }
    expect(new Set((await adding).map(({ status }) => status))).toEqual(new Set(['rejected']))
    expect(most).toBe(3)
  }
  await outbox.add({ accessToken: 'y' })
  stop.abort()
  await work
})

describe('an address', () => {
  test('can have several hosts, of which the first one that responds is used', async () => {
    const { port, pathname, username, password } = new URL(stage.store)
    await using outbox = await open({
      store: `postgres://${username}:${password}@127.0.0.1:1,127.0.0.1:${port}${pathname}`,
    })
    await outbox.add({ accessToken: 'x' })
    expect(await outbox.stats()).toMatchObject({ pending: 1 })
  })

  test('can use libpq keywords', async () => {
    const { hostname, port, pathname, username, password } = new URL(stage.store)
    const store = `host=${hostname} port=${port} user=${username} password='${password}' dbname=${pathname.slice(1)}`
    await using outbox = await open({ store })
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
  })

  test('with read-write leads to the host that accepts writes, even after a switch-over', async () => {
    await using other = await startPostgres()
    const there = await other.database('other')
    for (const store of [stage.store, there]) await (await open({ store })).close()
    const [first, second] = [new URL(stage.store), new URL(there)]
    // Both have a database and a user of the same name.
    await query(await other.database('postgres_same'), `CREATE DATABASE ${first.pathname.slice(1)}`)
    const same = there.replace('/other', first.pathname)
    await (await open({ store: same })).close()
    const store = `postgres://${first.username}:${first.password}@${first.host},${second.host}${first.pathname}?target_session_attrs=read-write`
    await readOnly(stage.store)
    try {
      await using outbox = await open({ store })
      await outbox.add({ accessToken: 'x' })
      const count = async (address: string): Promise<number> =>
        (await query(address, `SELECT 1 FROM backend_logout.job WHERE name = 'logouts'`)).length
      expect([await count(stage.store), await count(same)]).toEqual([0, 1])
      await readOnly(same)
      await writable(stage.store)
      await outbox.add({ accessToken: 'y' })
      expect([await count(stage.store), await count(same)]).toEqual([1, 1])
    } finally {
      await writable(stage.store)
    }
  })
})

test('a server that accepts no writes makes the outbox unavailable, until it does', async () => {
  await using outbox = await open()
  expect(await outbox.health()).toMatchObject({ ok: true, state: 'ready' })
  await readOnly(stage.store)
  try {
    const lastError = { code: 'store_unavailable', message: expect.stringContaining('read-only') }
    expect(await outbox.health()).toMatchObject({ ok: false, state: 'unavailable', lastError })
  } finally {
    await writable(stage.store)
  }
  expect(await outbox.health()).toMatchObject({ ok: true, state: 'ready' })
})

/** Gives the server a certificate that it signed itself. */
async function acceptTls(): Promise<void> {
  const { folder } = stage.postgres
  const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')]
  const parameters = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1']
  execFileSync('openssl', ['req', ...parameters, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const { uid, gid } = statSync(folder)
  for (const file of [key, certificate]) {
    chmodSync(file, 0o600)
    chownSync(file, uid, gid)
  }
  await query(stage.store, 'ALTER SYSTEM SET ssl = on')
  await query(stage.store, 'SELECT pg_reload_conf()')
  while ((await query<{ ssl: string }>(stage.store, 'SHOW ssl'))[0]?.ssl !== 'on') await sleep(20)
}

async function readOnly(address: string): Promise<void> {
  await query(address, 'ALTER SYSTEM SET default_transaction_read_only = on')
  await query(address, 'SELECT pg_reload_conf()')
  await sleep(200)
}

async function writable(address: string): Promise<void> {
  // A session may change its default, whatever that of the server is.
  const session = `${address}?options=-c%20default_transaction_read_only%3Doff`
  await query(session, 'ALTER SYSTEM SET default_transaction_read_only = off')
  await query(session, 'SELECT pg_reload_conf()')
  await sleep(200)
}

test('connections that the server closes are replaced, and nothing is lost', async () => {
  await using outbox = await open({ store: stage.store })
  const tokens = await stage.provider.call('issue', 200)
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  const adding = (async () => {
    for (const accessToken of tokens) await outbox.add({ accessToken })
  })()
  for (let round = 0; round < 10; round++) {
    await query(
      stage.store,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'backend-logout outbox' AND datname = current_database()`,
    )
    await sleep(50)
  }
  await adding
  await stage.provider.call('untilInactive', tokens)
  stop.abort()
  await work
  await outbox.stats()
})
