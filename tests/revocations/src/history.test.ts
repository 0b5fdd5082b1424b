import { execFileSync } from 'node:child_process'
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { followRevocations, revocationFeed } from '@backend-logout/revocations'
import { createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { read, readAll, revoked, token, until } from './scene.ts'

test('a server that crashes and recovers loses no entry, and no reader has to start over', async () => {
  await using server = await startPostgres()
  const address = await server.database('crash')
  // On a busy machine, a server takes longer to recover than a caller usually waits.
  await using log = await openRevocationLog({ store: address, appendTimeoutMs: 60_000 })
  const feed = createRevocationFeedHandler({ log, authorize: () => true })
  const fetch = ((url: string, init: RequestInit) => feed(new Request(url, init))) as typeof globalThis.fetch
  const codes: string[] = []
  await using list = followRevocations({
    source: revocationFeed('https://feed.example.com/revocations', { fetch }),
    maxStalenessMs: 3_000,
    onEvent: (event) => codes.push(event.type === 'failed' ? event.code : event.type),
  })
  await list.ready
  await log.append(revoked('before'))
  await until(() => list.check(token('before')) === 'revoked', 'the first entry arrives')

  await server.kill()
  await until(() => list.check(token('x')) === 'stale', 'the list is stale', 20_000)
  expect(list.check(token('before'))).toBe('revoked')
  // Keeps trying while the server starts.
  const appending = log.append(revoked('during'))
  await sleep(300)
  await server.start()
  await appending
  await until(() => list.check(token('during')) === 'revoked' && list.check(token('x')) === 'valid', 'the list is back')
  expect(codes).toContain('unavailable')
  expect(codes).not.toContain('cursor_gone')
  expect(codes.filter((code) => code === 'snapshot')).toHaveLength(1)
})

test('numbers of transactions that are assigned again after a crash hide no entry', async () => {
  // Transactions that are rolled back are written to the disk later.
  await using server = await startPostgres({ settings: ['wal_writer_delay=10s', 'autovacuum=off'] })
  const address = await server.database('reused')
  await query(address, 'CREATE TABLE form (x int)')
  await using log = await openRevocationLog({ store: address, appendTimeoutMs: 60_000 })
  await log.append(revoked('before'))
  await query(address, `${'BEGIN; INSERT INTO form VALUES (1); ROLLBACK;'.repeat(20)}`)
  const { cursor } = await readAll(log)
  const nextNumber = async (): Promise<number> => {
    const [row] = await query<{ xid: string }>(address, 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid')
    return Number(row?.xid)
  }
  const before = await nextNumber()
  await server.kill()
  await server.start()
  expect(await nextNumber()).toBeLessThan(before)

  await log.append(revoked('after'))
  await query(address, 'INSERT INTO form VALUES (1); COMMIT;'.repeat(40))
  expect(await nextNumber()).toBeGreaterThan(before)
  expect((await readAll(log, cursor)).names).toEqual(['after'])
})

test('a restored or promoted server sends readers to the start, and they miss nothing and lose nothing', async () => {
  await using server = await startPostgres()
  const address = await server.database('restore')
  const backup = `${server.folder}-backup`
  try {
    let log = await openRevocationLog({ store: address })
    await log.append(revoked('in the backup'))
    await log.close()
    await backUp(server, backup)

    log = await openRevocationLog({ store: address })
    await log.append(Array.from({ length: 50 }, (_, index) => revoked(`lost ${index}`)))
    for (let index = 0; index < 20; index++) await log.append(revoked('lost'))
    const { cursor, names } = await readAll(log)
    expect(names).toHaveLength(71)
    await log.close()

    // The copy is restored unchanged: its transactions have lower numbers than the cursor.
    await restore(server, backup)
    log = await openRevocationLog({ store: address })
    await expect(read(log, cursor)).rejects.toMatchObject({ code: 'cursor_gone' })
    const early = (await readAll(log)).cursor
    await log.append(revoked('after'))
    // Nor does the cursor become valid once the numbers have caught up.
    for (let index = 0; index < 100; index++) await query(address, 'SELECT pg_current_xact_id()')
    await expect(read(log, cursor)).rejects.toMatchObject({ code: 'cursor_gone' })
    expect((await readAll(log)).names).toEqual(['in the backup', 'after'])
    await log.close()

    // Now like a server that was recovered to a point in time, or promoted: on a new timeline.
    await server.kill()
    putBack(backup, server.folder)
    writeAs(server.folder, 'recovery.signal', '')
    writeAs(server.folder, 'postgresql.auto.conf', "restore_command = 'false'\n")
    await server.start()
    // It responds before its recovery has ended, and accepts no writes until then.
    const ended = async (): Promise<boolean> =>
      (await query(address, 'SELECT 1 WHERE NOT pg_is_in_recovery()')).length === 1
    await until(ended, 'the recovery ends')
    log = await openRevocationLog({ store: address })
    for (let index = 0; index < 40; index++) await log.append(revoked(`new ${index}`))
    for (const old of [cursor, early]) await expect(read(log, old)).rejects.toMatchObject({ code: 'cursor_gone' })
    expect((await readAll(log)).names).toHaveLength(41)
    await log.close()
  } finally {
    rmSync(backup, { recursive: true, force: true })
  }
})

test('a new entry that gets the number of a lost one is not taken for it', async () => {
  await using server = await startPostgres()
  const address = await server.database('renumbered')
  const backup = `${server.folder}-backup`
  try {
    let log = await openRevocationLog({ store: address })
    await log.append(revoked('in the backup'))
    await log.close()
    await backUp(server, backup)

    log = await openRevocationLog({ store: address })
    await log.append(revoked('lost'))
    const { cursor } = await readAll(log)
    const [lost] = await query(address, NUMBERS)
    await log.close()
    await restore(server, backup)

    log = await openRevocationLog({ store: address })
    await log.append(revoked('new'))
    expect(await query(address, NUMBERS)).toEqual([lost])
    await expect(read(log, cursor)).rejects.toMatchObject({ code: 'cursor_gone' })
    expect((await readAll(log)).names).toEqual(['in the backup', 'new'])
    await log.close()
  } finally {
    rmSync(backup, { recursive: true, force: true })
  }
})

test('the newest entry may be deleted once it has ended, and not before', async () => {
  await using server = await startPostgres()
  const address = await server.database('deleted')
  await using log = await openRevocationLog({ store: address })
  await log.append(revoked('1'))
  const add = (jti: string, end: string): Promise<unknown> =>
    query(
      address,
      `INSERT INTO backend_logout_revocations.entry (iss, jti, until)
        VALUES ('https://id.example.com', '${jti}', extract(epoch FROM now())::bigint + ${end})`,
    )
  const remove = (jti: string): Promise<unknown> =>
    query(address, `DELETE FROM backend_logout_revocations.entry WHERE jti = '${jti}'`)

  await add('ended', '-3700')
  const { cursor } = await readAll(log)
  await remove('ended')
  await log.append(revoked('2'))
  expect((await readAll(log, cursor)).names).toEqual(['2'])

  await add('live', '60')
  const later = (await readAll(log)).cursor
  await remove('live')
  await expect(read(log, later)).rejects.toMatchObject({ code: 'cursor_gone' })
})

test("rows from another server's dump are found, immediately and later", async () => {
  await using server = await startPostgres()
  const address = await server.database('dump')
  let log = await openRevocationLog({ store: address })
  const { cursor } = await readAll(log)
  await log.append([revoked('1'), revoked('2')])
  await log.close()
  // As after pg_dump and pg_restore: transaction numbers that are still in the future here.
  await query(address, "UPDATE backend_logout_revocations.entry SET xid = '99999999' WHERE jti = '2'")
  log = await openRevocationLog({ store: address })
  expect((await readAll(log, cursor)).names).toEqual(['1', '2'])
  const snapshot = await readAll(log)
  expect(snapshot.names).toEqual(['1', '2'])
  // It is reported as new only once.
  expect((await readAll(log, snapshot.cursor)).names).toEqual([])
  await log.close()
})

type TestServer = Awaited<ReturnType<typeof startPostgres>>

/** The numbers of the newest row. */
const NUMBERS = 'SELECT id::text, xid::text FROM backend_logout_revocations.entry ORDER BY id DESC LIMIT 1'

async function backUp(server: TestServer, backup: string): Promise<void> {
  await server.kill()
  copy(server.folder, backup)
  await server.start()
}

async function restore(server: TestServer, backup: string): Promise<void> {
  await server.kill()
  putBack(backup, server.folder)
  await server.start()
}

function putBack(backup: string, folder: string): void {
  rmSync(folder, { recursive: true })
  copy(backup, folder)
}

/** With owners and modes: the server may run as another user. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-Rp', from, to])
}

function writeAs(folder: string, name: string, text: string): void {
  const { uid, gid } = statSync(folder)
  const path = join(folder, name)
  writeFileSync(path, text)
  chownSync(path, uid, gid)
}
