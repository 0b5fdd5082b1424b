import { setTimeout as sleep } from 'node:timers/promises'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { describe, expect, test } from 'vitest'
import { newDatabase, openLog, setUpLogs } from './postgres-logs.ts'
import { read, readAll, revoked, until } from './scene.ts'

setUpLogs()

const TABLE = 'backend_logout_revocations.entry'

describe('the position of a reader', () => {
  test('moves on when the numbers of transactions get another digit', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    await log.append(revoked('before'))
    // The numbers of this row and of the next have one digit less than their successors.
    const [row] = await query<{ next: string }>(address, 'SELECT pg_current_xact_id()::text AS next')
    const digits = row?.next.length ?? 0
    await query(address, `UPDATE ${TABLE} SET xid = '${'9'.repeat(digits - 1)}'`)
    const { cursor } = await readAll(log)
    await log.append(revoked('after'))

    const run = await readAll(log, cursor)
    expect(run.names).toEqual(['after'])
    expect((await readAll(log, run.cursor)).names).toEqual([])
    const waiting = read(log, run.cursor, 1_500)
    await expect(Promise.race([waiting, sleep(1_000, 'still waiting')])).resolves.toBe('still waiting')
    expect((await waiting).entries).toEqual([])
  })

  test('is found by an index, and so is what is new', async () => {
    const address = await newDatabase()
    const log = await openLog(address)
    const insert = `INSERT INTO ${TABLE} (iss, jti, until) SELECT 'https://id.example.com', number::text, 9999999999`
    for (let batch = 0; batch < 50; batch++) {
      await query(address, `${insert} FROM generate_series(${batch * 1000 + 1}, ${batch * 1000 + 1000}) number`)
    }
    await query(address, `ANALYZE ${TABLE}`)
    const { cursor } = await readAll(log)
    const scans = async (): Promise<{ whole: number; by_index: number }> => {
      const [found] = await query<{ whole: number; by_index: number }>(
        address,
        `SELECT seq_scan::int AS whole, idx_scan::int AS by_index FROM pg_stat_user_tables
          WHERE schemaname || '.' || relname = '${TABLE}'`,
      )
      return found as { whole: number; by_index: number }
    }
    await sleep(1_100)
    const before = await scans()

    await log.append(revoked('new'))
    let after = cursor
    for (let count = 0; count < 20; count++) after = (await read(log, after)).cursor
    // Each connection counts separately, and adds that up once a second.
    await until(async () => {
      await read(log, after)
      return (await scans()).by_index >= before.by_index + 40
    }, 'the scans are counted')
    expect((await scans()).whole).toBe(before.whole)
  })
})
