import { setTimeout as sleep } from 'node:timers/promises'
import { followRevocations, type RevocationEntry } from '@backend-logout/revocations'
import { openRevocationLog, type RevocationLog, type RevocationLogEvent } from '@backend-logout/revocations/server'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ISS, read, readAll, revoked, token, until } from './scene.ts'

let server: PostgresServer
let count = 0
const open: AsyncDisposable[] = []
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

const newDatabase = (): Promise<string> => server.database(`log_${++count}`)
const openLog = async (store: string, onEvent?: (event: RevocationLogEvent) => void): Promise<RevocationLog> => {
  const log = await openRevocationLog({ store, ...(onEvent && { onEvent }) })
  open.push(log)
  return log
}
const connect = async (address: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: address })
  client.on('error', () => {})
  await client.connect()
  open.push({ [Symbol.asyncDispose]: () => client.end() })
  return client
}

describe('a log on Postgres', () => {
  test('returns every form of an entry unchanged, and keeps it', async () => {
    const address = await newDatabase()
    const entries = [
      revoked('a'),
      { iss: ISS, sid: 'ü \u{1F600} " \\ \u2028 \u0001', at: 1, until: 253_402_300_799 },
      { iss: ISS, sub: '__proto__', at: 0, until: 2_000_000_000 },
      { iss: 'x'.repeat(2048), at: 1_795_679_550, until: 2_000_000_000 },
      { iss: ISS, jti: '\u{1F600}'.repeat(512), until: 2_000_000_000 },
    ]
    await (await openLog(address)).append(entries)
    const page = await read(await openLog(address))
    expect(page.entries).toEqual(entries)
    expect(Math.abs(page.as_of * 1000 - Date.now())).toBeLessThan(5_000)
  })

  test('does not round the numbers of rows beyond 2^53', async () => {
    const address = await newDatabase()
    await using log = await openRevocationLog({ store: address, pageEntries: 1 })
    await query(address, 'ALTER TABLE backend_logout_revocations.entry ALTER id RESTART WITH 9007199254740992')
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await log.append(revoked(name))
    expect((await readAll(log)).names).toEqual(names)
  })

  test('misses nothing that commits late, and waits for no transaction', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    const early = await connect(address)
    await early.query('BEGIN')
    await log.append(revoked('numbered first, committed last'), { transaction: early })
    await log.append(revoked('numbered last, committed first'))
    const first = await readAll(log)
    expect(first.names).toEqual(['numbered last, committed first'])
    await log.append(revoked('in between'))
    const second = await readAll(log, first.cursor)
    expect(second.names).toEqual(['in between'])
    await early.query('COMMIT')
    const third = await readAll(log, second.cursor)
    expect(third.names).toEqual(['numbered first, committed last'])
    expect((await readAll(log, third.cursor)).names).toEqual([])
    // An older cursor knows less, and gets more.
    expect((await readAll(log, first.cursor)).names.sort()).toEqual(['in between', 'numbered first, committed last'])
  })

  test('misses nothing that commits while a long snapshot is read, page by page', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    const late = await connect(address)
    await late.query('BEGIN')
    await log.append(revoked('late'), { transaction: late })
    await log.append(Array.from({ length: 25_000 }, (_, index) => revoked(`t${index}`)))
    const names: string[] = []
    let page = await read(log)
    await late.query('COMMIT')
    await log.append(revoked('during'))
    for (; ; page = await read(log, page.cursor)) {
      names.push(...page.entries.map((entry) => ('jti' in entry ? entry.jti : '')))
      if (!page.more) break
    }
    names.push(...(await readAll(log, page.cursor)).names)
    expect(new Set(names).size).toBe(25_002)
    expect(names).toContain('late')
    expect(names).toContain('during')
  })

  test("commits and rolls back with the application's transaction, and notifies on commit", async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    await query(address, 'CREATE TABLE session (id text)')
    const list = followRevocations({ source: log })
    open.push(list)
    await list.ready
    const client = await connect(address)
    await client.query('BEGIN')
    await client.query("INSERT INTO session VALUES ('1')")
    await log.append([revoked('1'), revoked('2')], { transaction: client })
    await client.query('SAVEPOINT one')
    await log.append(revoked('rolled back to a savepoint'), { transaction: client })
    await client.query('ROLLBACK TO one')
    await sleep(50)
    expect(list.size).toBe(0)
    await client.query('COMMIT')
    await until(() => list.size === 2, 'the list has what was committed')
    await client.query('BEGIN')
    const adapter = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
    await log.append(revoked('rolled back'), { transaction: adapter })
    await client.query('ROLLBACK')
    await log.append(revoked('3'))
    await until(() => list.size === 3, 'the list has what came after')
    for (const jti of ['1', '2', '3']) expect(list.check(token(jti))).toBe('revoked')
    expect(list.check(token('rolled back'))).toBe('valid')
    expect(list.check(token('rolled back to a savepoint'))).toBe('valid')
    await expect(log.append(revoked('x'), { transaction: {} as never })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  test('blocks no writer, whatever transaction another one has open on the same token', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    const client = await connect(address)
    await client.query('BEGIN')
    await log.append(revoked('same'), { transaction: client })
    await log.append(revoked('same'))
    await client.query('ROLLBACK')
    expect((await readAll(log)).names).toEqual(['same'])
  })

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
    // Two for those who came, two for the append (one hint from within, one from the server), one each second.
    expect(queries() - before).toBeGreaterThan(1)
    expect(queries() - before).toBeLessThanOrEqual(4 + Math.ceil((performance.now() - startedAt) / 1_000))
  })

  test('can be opened by many processes at the same time on an empty database', async () => {
    const address = await newDatabase()
    const logs = await Promise.all(Array.from({ length: 8 }, () => openLog(address)))
    await Promise.all(logs.map((log, index) => log.append(revoked(`${index}`))))
    expect((await readAll(logs[0] as RevocationLog)).names).toHaveLength(8)
  })

  test('can be read by a process with read access only', async () => {
    const address = await newDatabase()
    await (await openLog(address)).append(revoked('1'))
    await query(address, "CREATE ROLE reader LOGIN PASSWORD 'reader'")
    await query(address, 'GRANT USAGE ON SCHEMA backend_logout_revocations TO reader')
    await query(address, 'GRANT SELECT ON ALL TABLES IN SCHEMA backend_logout_revocations TO reader')
    const events: RevocationLogEvent[] = []
    const log = await openLog(address.replace('postgres:a-password', 'reader:reader'), (event) => events.push(event))
    expect((await readAll(log)).names).toEqual(['1'])
    await expect(log.append(revoked('2'))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/permission denied/),
    })
  })

  test('deletes only entries that ended more than an hour ago', async () => {
    const address = await newDatabase()
    const now = Math.floor(Date.now() / 1000)
    const old = Array.from({ length: 12_000 }, (_, index) => ({ iss: ISS, jti: `old ${index}`, until: now - 3_700 }))
    await (await openLog(address)).append([...old, { iss: ISS, jti: 'just ended', until: now - 3_500 }, revoked('1')])
    const events: RevocationLogEvent[] = []
    const log = await openLog(address, (event) => events.push(event))
    await until(() => events.length > 0, 'it has been pruned')
    expect(events).toEqual([{ type: 'pruned', count: 12_000 }])
    expect((await readAll(log)).names).toEqual(['just ended', '1'])
  })

  test('continues a snapshot while expired entries are deleted, in any time zone of the database', async () => {
    const address = await newDatabase()
    await query(address, `ALTER DATABASE ${new URL(address).pathname.slice(1)} SET timezone = 'Pacific/Kiritimati'`)
    await using log = await openRevocationLog({ store: address, pageEntries: 2 })
    const ended = Math.floor(Date.now() / 1000) - 3_700
    const old = ['old 1', 'old 2', 'old 3', 'old 4'].map((jti) => ({ iss: ISS, jti, until: ended }))
    await log.append([old[0], revoked('1'), old[1], old[2], revoked('2'), old[3], revoked('3')] as RevocationEntry[])
    const first = await read(log)
    expect(first).toMatchObject({ more: true, entries: [{ jti: 'old 1' }, { jti: '1' }] })
    expect(Math.abs(first.as_of * 1000 - Date.now())).toBeLessThan(5_000)
    const events: RevocationLogEvent[] = []
    await openLog(address, (event) => events.push(event))
    await until(() => events.length > 0, 'it has been pruned')
    expect(events).toEqual([{ type: 'pruned', count: 4 }])
    expect((await readAll(log, first.cursor)).names).toEqual(['2', '3'])
  })

  test('accepts no rows from others that readers could not process', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    await log.append(revoked('1'))
    const insert = (columns: string, values: string): Promise<unknown> =>
      query(address, `INSERT INTO backend_logout_revocations.entry (${columns}) VALUES (${values})`)
    for (const [columns, values] of [
      ['iss, until', "'x', 1"],
      ['iss, jti, at, until', "'x', 'a', 1, 1"],
      ['iss, jti, sid, until', "'x', 'a', 'b', 1"],
      ['iss, jti, until', "'', 'a', 1"],
      ['iss, jti, until', "'x', '', 1"],
      ['iss, jti, until', "'x', repeat('a', 1025), 1"],
      ['iss, jti, until', "'x', 'a', -1"],
      ['iss, jti, until', "'x', 'a', 1795683149000"],
    ] as const) {
      await expect(insert(columns, values)).rejects.toThrow(/violates/)
    }
    // Within the rules of the table, and still too long.
    await insert('iss, jti, until', "'x', repeat('\u{1F600}', 1024), 1")
    expect((await readAll(log)).names).toEqual(['1'])
  })

  test('is not opened on a standby server, and is not read on one', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    // As a failover leaves it: the connections stay, and the server is another.
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

  test('reports the problem, without the password', async () => {
    const address = await newDatabase()
    for (const store of [
      address.replace('a-password', 'wrong-password'),
      address.replace(/:\d+\//, ':9/'),
      `${address}_missing`,
    ]) {
      const error = await openRevocationLog({ store }).catch((error: unknown) => error)
      expect(error).toMatchObject({ name: 'RevocationError', code: 'store_unavailable' })
      expect(`${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toMatch(
        /a-password|wrong-password/,
      )
    }
    await query(address, 'CREATE SCHEMA backend_logout_revocations')
    await query(address, 'CREATE TABLE backend_logout_revocations.log (id uuid, version int)')
    await query(address, 'INSERT INTO backend_logout_revocations.log VALUES (gen_random_uuid(), 2)')
    await expect(openRevocationLog({ store: address })).rejects.toMatchObject({
      message: expect.stringMatching(/version 2/),
    })
  })
})
