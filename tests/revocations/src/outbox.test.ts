import { openOutbox } from '@backend-logout/outbox'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { connect, newDatabase, server, setUpLogs } from './postgres-logs.ts'
import { ISS, inAnHour, readAll, revoked, until } from './scene.ts'

setUpLogs()

const encryptionKeys = [{ kid: 'test', key: new Uint8Array(32) }]

const jwt = (jti: string): string =>
  `e30.${Buffer.from(JSON.stringify({ iss: ISS, jti, exp: inAnHour() })).toString('base64url')}.c2lnbmF0dXJl`

test("a logout and its entry commit or roll back together, with the application's own change", async () => {
  const address = await newDatabase()
  await using log = await openRevocationLog({ store: address })
  await using outbox = await openOutbox({ store: address, encryptionKeys, revocations: log })
  const client = await connect(address)
  for (const [jti, end] of [
    ['rolled back', 'ROLLBACK'],
    ['committed', 'COMMIT'],
  ] as const) {
    await client.query('BEGIN')
    await outbox.add({ accessToken: jwt(jti) }, { transaction: client })
    await outbox.addMany([{ accessToken: jwt(`${jti}, too`) }], { transaction: client })
    expect((await readAll(log)).names).toEqual([])
    await client.query(end)
  }
  expect((await readAll(log)).names).toEqual(['committed', 'committed, too'])
  expect((await outbox.stats()).pending).toBe(2)
})

// add() once waited for the log as long as the log did, which was 15 seconds for each statement before it.
test('add() ends within addTimeoutMs and append() within appendTimeoutMs while the log is locked, in that order', async () => {
  const address = await newDatabase()
  await using log = await openRevocationLog({ store: address, appendTimeoutMs: 2_000 })
  await using outbox = await openOutbox({ store: address, encryptionKeys, revocations: log, addTimeoutMs: 400 })
  const blocker = await connect(address)
  await blocker.query('BEGIN; LOCK TABLE backend_logout_revocations.entry')
  const order: string[] = []
  const refused = async (name: string, call: Promise<unknown>): Promise<void> => {
    await expect(call).rejects.toMatchObject({ code: 'store_unavailable' })
    order.push(name)
  }
  // More than are stored at the same time.
  const appends = Array.from({ length: 20 }, (_, index) => refused('append', log.append(revoked(`${index}`))))
  await Promise.all([
    ...appends,
    refused('add', outbox.add({ accessToken: jwt('one') })),
    refused('add', outbox.addMany([{ accessToken: jwt('two') }])),
  ])
  expect(order.slice(0, 2)).toEqual(['add', 'add'])
  await blocker.query('ROLLBACK')
  // An entry without a logout is harmless; a logout that was refused is not stored later.
  await outbox.add({ accessToken: jwt('three') })
  expect((await outbox.stats()).pending).toBe(1)
})

test('add() repeats what the log refuses, within addTimeoutMs', async () => {
  const address = await newDatabase()
  await using log = await openRevocationLog({ store: address, appendTimeoutMs: 0 })
  await using outbox = await openOutbox({ store: address, encryptionKeys, revocations: log, addTimeoutMs: 20_000 })
  const name = new URL(address).pathname.slice(1)
  await query(address, `ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  await query(
    address,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  const before = server.log().length
  const adding = outbox.add({ accessToken: jwt('later') })
  await until(() => /read-only transaction/.test(server.log().slice(before)), 'it was refused', 10_000)
  await query(
    `${address}?options=-c%20default_transaction_read_only%3Doff`,
    `ALTER DATABASE ${name} RESET default_transaction_read_only`,
  )
  await adding
  expect((await readAll(log)).names).toEqual(['later'])
  expect((await outbox.stats()).pending).toBe(1)
})
