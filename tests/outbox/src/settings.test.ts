import { openOutbox, outboxSchemaSql } from '@backend-logout/outbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, query, startPostgres } from './postgres-server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

const encryptionKeys = [{ kid: '1', key: Buffer.alloc(32, 7).toString('base64url') }]

// pg-boss's tables could not be created.
test.each([
  ['opened', undefined],
  ['created by an administrator', outboxSchemaSql()],
])('an outbox is %s in a database whose strings have escapes', async (how, sql) => {
  const name = `escapes_${how.split(' ')[0]}`
  const address = await server.database(name)
  await query(address, `ALTER DATABASE ${name} SET standard_conforming_strings = off`)
  if (sql) await query(address, sql)
  await using outbox = await openOutbox({ store: { postgres: address }, encryptionKeys })
  await outbox.add({ accessToken: 'a-token' })
  expect((await outbox.stats()).pending).toBe(1)
})
