import type { RevocationEntry } from '@backend-logout/revocations'
import { openRevocationLog, type RevocationLog, type RevocationLogEvent } from '@backend-logout/revocations/server'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { describe, expect, test } from 'vitest'
import { connect, newDatabase, openLog, server, setUpLogs } from './postgres-logs.ts'
import { ISS, read, readAll, revoked, until } from './scene.ts'

setUpLogs()

const LOCK = 'LOCK TABLE backend_logout_revocations.entry'

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

  test.each(['array_nulls = off', 'standard_conforming_strings = off'])(
    'accepts every entry with %s',
    async (setting) => {
      const address = await newDatabase()
      await query(address, `ALTER DATABASE ${new URL(address).pathname.slice(1)} SET ${setting}`)
      const log = await openLog(address)
      await log.append([revoked('NULL'), revoked('a\\b"\'ü')])
      expect((await readAll(log)).names).toEqual(['NULL', 'a\\b"\'ü'])
    },
  )

  test('does not round the numbers of rows beyond 2^53', async () => {
    const address = await newDatabase()
    await using log = await openRevocationLog({ store: address, pageEntries: 1 })
    await query(address, 'ALTER TABLE backend_logout_revocations.entry ALTER id RESTART WITH 9007199254740992')
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await log.append(revoked(name))
    expect((await readAll(log)).names).toEqual(names)
  })

  test('can be opened by many processes at the same time on an empty database', async () => {
    const address = await newDatabase()
    const logs = await Promise.all(Array.from({ length: 8 }, () => openLog(address)))
    await Promise.all(logs.map((log, index) => log.append(revoked(`${index}`))))
    expect((await readAll(logs[0] as RevocationLog)).names).toHaveLength(8)
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

  test('deletes ended entries with the right to delete, but not to update', async () => {
    const address = await newDatabase()
    const ended = Math.floor(Date.now() / 1000) - 3_700
    await (await openLog(address)).append([{ iss: ISS, jti: 'old', until: ended }, revoked('1')])
    await query(address, "CREATE ROLE appender LOGIN PASSWORD 'pw'")
    await query(address, 'GRANT USAGE ON SCHEMA backend_logout_revocations TO appender')
    await query(address, 'GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA backend_logout_revocations TO appender')
    const events: RevocationLogEvent[] = []
    const log = await openLog(address.replace('postgres:a-password', 'appender:pw'), (event) => events.push(event))
    await until(() => events.length > 0, 'it has been pruned')
    expect(events).toEqual([{ type: 'pruned', count: 1 }])
    await log.append(revoked('2'))
    expect((await readAll(log)).names).toEqual(['1', '2'])
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
    // Within the limits of the table, and still too long.
    await insert('iss, jti, until', "'x', repeat('\u{1F600}', 1024), 1")
    expect((await readAll(log)).names).toEqual(['1'])
  })

  // libpq's keywords were once the name of a new folder, and several hosts an invalid address.
  test('takes every address that the outbox takes', async () => {
    const address = await newDatabase()
    await (await openLog(address)).append(revoked('1'))
    const { hostname, port, pathname } = new URL(address)
    const database = pathname.slice(1)
    for (const store of [
      `host=${hostname} port=${port} user=postgres password=a-password dbname=${database}`,
      `postgres://postgres:a-password@127.0.0.1:1,${hostname}:${port}/${database}?target_session_attrs=read-write`,
    ]) {
      expect((await readAll(await openLog(store))).names).toEqual(['1'])
    }
  })

  // Each of these once made append() reject immediately.
  test.each([
    ['accepts no writes', 'default_transaction_read_only = on', /read-only transaction/, 'SELECT'],
    ['cancels long statements', 'statement_timeout = 200', /due to statement timeout/, LOCK],
    ['cancels waits for a lock', 'lock_timeout = 200', /due to lock timeout/, LOCK],
  ])('repeats an append while the server %s', async (_, setting, refusal, obstacle) => {
    const address = await newDatabase()
    await openLog(address)
    const name = new URL(address).pathname.slice(1)
    const blocker = await connect(address)
    await query(address, `ALTER DATABASE ${name} SET ${setting}`)
    const log = await openLog(address)
    await readAll(log)
    await blocker.query(`BEGIN; ${obstacle}`)
    const before = server.log().length
    const appending = log.append(revoked('1'))
    await until(() => refusal.test(server.log().slice(before)), 'it was refused', 10_000)
    await blocker.query('ROLLBACK')
    await blocker.query(`ALTER DATABASE ${name} RESET ${setting.split(' ')[0]}`)
    await appending
    expect((await readAll(log)).names).toEqual(['1'])
  })

  test('rejects only the entry that the encoding of the database has no characters for', async () => {
    const address = await newDatabase()
    await query(address, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    const latin = new URL(address)
    latin.pathname = '/latin'
    const log = await openLog(latin.href)
    const names = Array.from({ length: 61 }, (_, index) => (index === 30 ? 'ユーザ' : `user ${index}`))
    const results = await Promise.allSettled(names.map((name) => log.append(revoked(name))))
    expect(names.filter((_, index) => results[index]?.status === 'rejected')).toEqual(['ユーザ'])
    expect(results[30]).toMatchObject({
      reason: { code: 'store_unavailable', message: expect.stringContaining('LATIN1') },
    })
    expect((await readAll(log)).names.sort()).toEqual(names.filter((name) => name !== 'ユーザ').sort())
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
