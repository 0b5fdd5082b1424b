import { randomBytes } from 'node:crypto'
import { openOutbox } from '@backend-logout/outbox'
import { createPostgresSessionIndex } from '@backend-logout/receiver'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { run } from './command-line.ts'

const ISS = 'https://id.example.com'
const database = inject('databases').sessions
const env = { SESSIONS_STORE: database }
let pool: pg.Pool
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: database })
  pool.on('error', () => {})
  // The table that connect-pg-simple creates.
  await pool.query('CREATE TABLE session (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL)')
})
afterAll(() => pool.end())
beforeEach(async () => {
  await pool.query('DELETE FROM session')
  // An earlier report would end the logins of the next test.
  await pool.query('DROP SCHEMA IF EXISTS backend_logout_sessions CASCADE')
  const index = createPostgresSessionIndex({ pool, end: () => {} })
  for (const [id, sub] of Object.entries({ a1: 'alice', a2: 'alice', b1: 'bob' })) {
    const tokens = { accessToken: `access-${id}`, refreshToken: `refresh-${id}` }
    await pool.query("INSERT INTO session VALUES ($1, $2, now() + interval '1 hour')", [id, { tokens }])
    await index.add(id, { iss: ISS, sub, sid: `sid-${id}`, iat: Math.floor(Date.now() / 1000) - 60 })
  }
})
const left = async (): Promise<string[]> =>
  (await pool.query('SELECT sid FROM session ORDER BY sid')).rows.map(({ sid }) => sid as string)

test('ends all sessions of a user, and reports what failed', async () => {
  const ended = await run(['logout-user', '--iss', ISS, '--sub', 'alice'], { env })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toMatch(/Sessions ended: 2\.[\s\S]*OUTBOX_STORE is not set[\s\S]*REVOCATIONS_STORE is not set/)
  expect(await left()).toEqual(['b1'])
  expect(await run(['logout-user', '--iss', ISS, '--sub', 'alice', '--json'], { env })).toMatchObject({
    code: 0,
    stdout: '{"sessions":0,"tokens":0}\n',
  })
})

test('ends one session', async () => {
  expect(await run(['logout-user', '--iss', ISS, '--sid', 'sid-a1', '--quiet'], { env })).toMatchObject({
    code: 0,
    stdout: '',
  })
  expect(await left()).toEqual(['a2', 'b1'])
})

test('hands the tokens to the outbox, and makes services refuse them', async () => {
  const key = randomBytes(32).toString('base64url')
  const all = { ...env, REVOCATIONS_STORE: database, OUTBOX_STORE: database, OUTBOX_KEYS: `one:${key}` }
  const ended = await run(['logout-user', '--iss', ISS, '--sub', 'bob'], { env: all })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('Tokens handed to the outbox: 2.')
  await using outbox = await openOutbox({ store: database, encryptionKeys: [{ kid: 'one', key }] })
  expect((await outbox.stats()).pending).toBe(1)
  await using log = await openRevocationLog({ store: database })
  await using list = followRevocations({ source: log })
  await list.ready
  expect(list.check({ iss: ISS, sub: 'bob', iat: Math.floor(Date.now() / 1000) - 60 })).toBe('revoked')
  expect(await left()).toEqual(['a1', 'a2'])
})

test.each<[string[], RegExp]>([
  [[], /--iss/],
  [['--iss', ISS], /--sub .* or --sid/],
  [['--iss', ISS, '--sub', 'alice', '--sid', ''], /must not be empty/],
  [['--iss', ISS, '--sub', '', '--sid', 'sid-a1'], /must not be empty/],
  [['--iss', ISS, '--sub', 'alice', '--table', 'x; DROP TABLE session'], /--table/],
  [['--iss', ISS, '--sub', 'alice', '--sessions', './folder'], /SESSIONS_STORE/],
  [['--iss', ISS, '--sub', 'alice', '--sessions', 'postgres://u:secret@localhost/app'], /Other users/],
])('refuses %j', async (args, message) => {
  const ended = await run(['logout-user', ...args], { env: args.includes('--sessions') ? {} : env })
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  expect(await left()).toHaveLength(3)
})

test('reports that nothing was done if the database cannot be reached, without its password', async () => {
  const SESSIONS_STORE = 'postgres://app:a-secret@127.0.0.1:9/app'
  const ended = await run(['logout-user', '--iss', ISS, '--sub', 'alice'], { env: { SESSIONS_STORE } })
  expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("'find' failed") })
  expect(ended.stderr).not.toContain('a-secret')
})
