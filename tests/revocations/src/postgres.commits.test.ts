import { setTimeout as sleep } from 'node:timers/promises'
import { followRevocations } from '@backend-logout/revocations'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { describe, expect, test } from 'vitest'
import { connect, newDatabase, open, openLog, setUpLogs } from './postgres-logs.ts'
import { read, readAll, revoked, token, until } from './scene.ts'

setUpLogs()

describe('a log on Postgres', () => {
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
    // An older cursor has less, and gets more.
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
})
