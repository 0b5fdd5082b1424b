import { setTimeout as sleep } from 'node:timers/promises'
import { followRevocations, type RevocationList } from '@backend-logout/revocations'
import { openRevocationLog, type RevocationLogEvent } from '@backend-logout/revocations/server'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { startTcpProxy } from '@backend-logout/tests-outbox/tcp-proxy'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase, open, openLog, server, setUpLogs } from './postgres-logs.ts'
import { read, readAll, revoked, token, until } from './scene.ts'

setUpLogs()

describe('a log on Postgres', () => {
  test('reaches readers in other processes, even without LISTEN', async () => {
    const address = await newDatabase()
    const [writer, reader] = [await openLog(address), await openLog(address)]
    const list = followRevocations({ source: reader })
    open.push(list)
    await list.ready
    await writer.append(revoked('1'))
    await until(() => list.check(token('1')) === 'revoked', 'the hint arrives', 10_000)
    const listening = "query LIKE 'LISTEN%' AND datname = current_database()"
    for (const jti of ['2', '3']) {
      await query(address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${listening}`)
      await writer.append(revoked(jti))
      await until(() => list.check(token(jti)) === 'revoked', 'the poll finds it', 10_000)
    }
    await until(
      async () => (await query(address, `SELECT FROM pg_stat_activity WHERE ${listening}`)).length > 0,
      'somebody listens',
    )
  })

  // Each loss once started two further connections: one of them remained, and kept the process alive after close().
  test('listens on one connection after any number of losses, reports each once, and closes it', async () => {
    const address = await newDatabase()
    const events: RevocationLogEvent[] = []
    const log = await openRevocationLog({ store: address, onEvent: (event) => events.push(event) })
    const { cursor } = await read(log)
    const hints = new AbortController()
    const waiting = log.read({ after: cursor, waitMs: 60_000, signal: hints.signal }).catch(() => {})
    const listeners = (): Promise<{ pid: number }[]> =>
      query(address, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
    for (let losses = 0; losses < 3; losses++) {
      await until(async () => (await listeners()).length === 1, 'it listens', 10_000)
      const [{ pid } = { pid: 0 }] = await listeners()
      await query(address, 'SELECT pg_terminate_backend($1)', [pid])
      await until(async () => (await listeners()).some((one) => one.pid !== pid), 'it listens again', 10_000)
    }
    expect(await listeners()).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'store_error')).toHaveLength(3)
    hints.abort()
    await waiting
    await log.close()
    await until(async () => (await listeners()).length === 0, 'no connection remains', 10_000)
  })

  // The loss was once a rejection that nobody handled, which ends a process.
  test('listens again after a connection that breaks during LISTEN', async () => {
    const address = await newDatabase()
    await using proxy = await startTcpProxy(Number(new URL(address).port))
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
    const events: RevocationLogEvent[] = []
    const log = await openLog(address.replace(/:\d+\//, `:${proxy.port}/`), (event) => events.push(event))
    const { cursor } = await read(log)
    proxy.cutAt('LISTEN ')
    const waiting = read(log, cursor, 60_000)
    const listens = "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    await until(async () => (await query(address, listens)).length === 1, 'it listens', 10_000)
    await log.append(revoked('1'))
    expect((await waiting).entries).toEqual([expect.objectContaining({ jti: '1' })])
    expect(events.filter(({ type }) => type === 'store_error')).toHaveLength(1)
    expect(unhandled).toEqual([])
  })

  test.each([1, 100, 10_000])('passes rows that no reader accepts, with pages of %i', async (pageEntries) => {
    const address = await newDatabase()
    await using log = await openRevocationLog({ store: address, pageEntries })
    const failures: string[] = []
    const follow = (): RevocationList =>
      followRevocations({ source: log, onEvent: (event) => event.type === 'failed' && failures.push(event.message) })
    await using early = follow()
    await early.ready
    // Within the limits of the table, which count characters, and more than a page can have.
    await query(
      address,
      `INSERT INTO backend_logout_revocations.entry (iss, sub, at, until)
      SELECT 'https://id.example.com', repeat('\u{1F600}', 1024), 1, 2000000000 FROM generate_series(1, 800)`,
    )
    await log.append(revoked('stolen'))
    await until(() => early.check(token('stolen')) === 'revoked', 'the entry arrives')
    expect(early.check(token('other'))).toBe('valid')
    await using late = follow()
    await late.ready
    expect([late.check(token('stolen')), late.check(token('other'))]).toEqual(['revoked', 'valid'])
    expect(failures).toEqual([])
  })

  // It once waited forever.
  test('fails a reader whose query waits for a connection when it closes', async () => {
    const address = await newDatabase()
    const log = await openRevocationLog({ store: address })
    const { cursor } = await read(log)
    const reading = read(log, cursor, 20_000)
    reading.catch(() => {})
    const startedAt = performance.now()
    await log.close()
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^(?:closed|store_unavailable)$/) })
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test('closes in time while the server does not respond, and ends every call', async () => {
    const address = await newDatabase()
    await using proxy = await startTcpProxy(Number(new URL(address).port))
    const store = address.replace(/:\d+\//, `:${proxy.port}/`)
    const log = await openRevocationLog({ store, appendTimeoutMs: 86_400_000 })
    const { cursor } = await read(log)
    const waiting = read(log, cursor, 60_000)
    const listens = "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    await until(async () => (await query(address, listens)).length === 1, 'it listens', 10_000)
    proxy.silence()
    proxy.silenceNew()
    const calls = Promise.allSettled([waiting, log.append(revoked('1')), read(log)])
    await log.close()
    expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  test('serves a thousand waiting readers with one query for each change', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    const { cursor } = await read(log)
    await query(address, "ALTER ROLE postgres SET log_statement = 'all'")
    await query(
      address,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'backend-logout%'",
    )
    await until(
      () =>
        read(log, cursor).then(
          () => true,
          () => false,
        ),
      'it is connected again',
    )
    const queries = (): number => server.log().split('AS standby').length
    const before = queries()
    const startedAt = performance.now()
    const waiting = Array.from({ length: 1_000 }, () => read(log, cursor, 20_000))
    await sleep(300)
    await log.append(revoked('1'))
    for (const page of await Promise.all(waiting)) expect(page.entries).toEqual([expect.objectContaining({ jti: '1' })])
    await query(address, 'ALTER ROLE postgres RESET log_statement')
    // Two for the new readers, two for the append (one hint from within, one from the server), one each second.
    expect(queries() - before).toBeGreaterThan(1)
    expect(queries() - before).toBeLessThanOrEqual(10 + Math.ceil((performance.now() - startedAt) / 1_000))
  })

  test('can be read by a process with read access only', async () => {
    const address = await newDatabase()
    await (await openLog(address)).append(revoked('1'))
    await query(address, "CREATE ROLE reader LOGIN PASSWORD 'reader'")
    await query(address, 'GRANT USAGE ON SCHEMA backend_logout_revocations TO reader')
    await query(address, 'GRANT SELECT ON ALL TABLES IN SCHEMA backend_logout_revocations TO reader')
    const events: RevocationLogEvent[] = []
    const before = server.log().length
    const log = await openLog(address.replace('postgres:a-password', 'reader:reader'), (event) => events.push(event))
    // It deletes nothing, and that is no error.
    await until(() => /permission denied for table entry/.test(server.log().slice(before)), 'it has tried', 10_000)
    expect((await readAll(log)).names).toEqual(['1'])
    expect(events).toEqual([])
    await expect(log.append(revoked('2'))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/permission denied/),
    })
  })

  test('is not opened on a standby server, and is not read on one', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    // As after a failover: the connections remain, and the server is another.
    const [{ name } = { name: '' }] = await query<{ name: string }>(address, 'SELECT current_database() AS name')
    await query(address, 'CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS $$ SELECT true $$')
    await query(address, `ALTER DATABASE ${name} SET search_path = public, pg_catalog`)
    await expect(openRevocationLog({ store: address })).rejects.toMatchObject({
      message: expect.stringMatching(/standby/),
    })
    await query(
      address,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'backend-logout%'",
    )
    await until(
      async () =>
        read(log).then(
          () => false,
          (error) => /standby/.test(error.message),
        ),
      'it says so',
    )
  })
})
