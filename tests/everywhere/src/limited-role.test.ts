import { createPostgresSessionIndex, sessionIndexSchemaSql } from '@backend-logout/receiver'
import { openRevocationLog, revocationLogSchemaSql } from '@backend-logout/revocations/server'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const iss = 'https://id.example.com'
const at = 1_795_679_550
const until = 4_102_444_800
let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

/** A database, and its address for a role that has no rights yet. */
async function limited(role: string): Promise<{ address: string; limitedAddress: string }> {
  const address = await postgres.database(role)
  await query(address, `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`)
  const { host, pathname } = new URL(address)
  return { address, limitedAddress: `postgres://${role}:pw@${host}${pathname}` }
}

test('a revocation log works with a role that may not create tables, once an administrator has created them', async () => {
  const { address, limitedAddress } = await limited('log_role')
  await expect(openRevocationLog({ store: limitedAddress })).rejects.toThrow(
    expect.objectContaining({ code: 'store_unavailable', message: expect.stringContaining('permission denied') }),
  )
  const sql = revocationLogSchemaSql({ role: 'log_role' })
  await query(address, sql)
  // A second time changes nothing.
  await query(address, sql)
  await using log = await openRevocationLog({ store: limitedAddress })
  await log.append({ iss, jti: 'a', until })
  expect((await log.read({ waitMs: 0, signal: AbortSignal.timeout(5_000) })).entries).toEqual([
    { iss, jti: 'a', until },
  ])
  await expect(query(limitedAddress, 'DROP TABLE backend_logout_revocations.entry')).rejects.toThrow('must be owner')
})

test('an index of sessions works with such a role, too', async () => {
  const { address, limitedAddress } = await limited('session_role')
  const pool = new pg.Pool({ connectionString: limitedAddress })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  const ended: string[] = []
  const sessions = createPostgresSessionIndex({ pool, schema: 'own_sessions', end: (id) => void ended.push(id) })
  const claims = { iss, sub: 'alice', sid: 's1', iat: at }
  await expect(sessions.add('1', claims)).rejects.toThrow('permission denied')
  const sql = sessionIndexSchemaSql({ schema: 'own_sessions', role: 'session_role' })
  await query(address, sql)
  await query(address, sql)
  expect(await sessions.add('1', claims)).toBe(true)
  expect(await sessions.find({ iss, sub: 'alice', at })).toEqual(['1'])
  await sessions.end('1')
  expect([ended, await sessions.find({ iss, sub: 'alice', at })]).toEqual([['1'], []])
  await expect(query(limitedAddress, 'DROP TABLE own_sessions.session')).rejects.toThrow('must be owner')
})

// Both once required the right to create schemas in the database.
test('a log and an index create their tables in a schema in which a role may create them', async () => {
  const { address, limitedAddress } = await limited('schema_role')
  for (const schema of ['backend_logout_revocations', 'backend_logout_sessions']) {
    await query(address, `CREATE SCHEMA ${schema}`)
    await query(address, `GRANT USAGE, CREATE ON SCHEMA ${schema} TO schema_role`)
  }
  await using log = await openRevocationLog({ store: limitedAddress })
  await log.append({ iss, jti: 'a', until })
  const pool = new pg.Pool({ connectionString: limitedAddress })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  const sessions = createPostgresSessionIndex({ pool, end: () => {} })
  expect(await sessions.add('1', { iss, sub: 'alice', iat: at })).toBe(true)
})

test.each([
  [{ schema: 'a"; DROP TABLE x' }, 'schema'],
  [{ role: 'A' }, 'role'],
  // These become such names in a text.
  [{ schema: null }, 'schema'],
  [{ role: ['web'] }, 'role'],
  [{ roles: 'a' }, 'role'],
])('names that could become other statements, and options that do not exist, are refused: %j', (options, named) => {
  for (const print of [revocationLogSchemaSql, sessionIndexSchemaSql]) {
    expect(() => print(options as object)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(named) }),
    )
  }
})
