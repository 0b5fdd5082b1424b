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

test("ends sessions that exist if the provider's clock is ahead, and not the next one", async () => {
  const index = createPostgresSessionIndex({ pool, end: () => {} })
  const iat = Math.floor(Date.now() / 1000) + 30
  await index.add('a1', { iss: ISS, sub: 'alice', sid: 'sid-a1', iat })
  expect(await run(['logout-user', '--iss', ISS, '--sub', 'alice', '--quiet'], { env })).toMatchObject({ code: 0 })
  expect(await left()).toEqual(['b1'])
  expect(await index.add('a3', { iss: ISS, sub: 'alice', iat })).toBe(true)
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

const TOKENS = { accessToken: 'access-1', refreshToken: 'refresh-1' }
/** The content of a session, with the number of tokens that are found in it, and whether others cannot be read. */
const CONTENTS: [what: string, content: string, tokens: number, unreadable: number][] = [
  ['a null character', JSON.stringify({ tokens: TOKENS, search: 'a\0b' }), 2, 0],
  ['a lone surrogate', JSON.stringify({ tokens: TOKENS, search: 'a\ud800b' }), 2, 0],
  ['no tokens', '{"tokens":{"refreshToken":null}}', 0, 0],
  ['a list', '["tokens"]', 0, 0],
  ['only null', 'null', 0, 0],
  ['members that are inherited elsewhere', '{"__proto__":{"tokens":{"accessToken":"a"}}}', 0, 0],
  ['tokens in a list', '{"tokens":["access-1"]}', 0, 1],
  ['a token that is not text', JSON.stringify({ tokens: { ...TOKENS, accessToken: 7 } }), 1, 1],
  ['a token with a lone surrogate', JSON.stringify({ tokens: { ...TOKENS, accessToken: 'a\ud800b' } }), 1, 1],
  ['a token that is too long', JSON.stringify({ tokens: { ...TOKENS, refreshToken: 'x'.repeat(65_537) } }), 1, 1],
  ['a text in place of the tokens', '{"tokens":"sealed"}', 0, 1],
  ['four mebibytes', JSON.stringify({ tokens: TOKENS, more: 'x'.repeat(4_194_304) }), 0, 1],
  ['text that is not JSON', '{"tokens":', 0, 1],
  [
    'a refresh token under another name',
    JSON.stringify({ tokens: { accessToken: 'AT3', refresh_token: 'RT3' } }),
    1,
    1,
  ],
]
const isJson = (content: string): boolean => content.endsWith('}') || content.endsWith(']') || content === 'null'

test.each(['json', 'jsonb', 'text'])('a session in a column of type %s ends, whatever its content', async (type) => {
  const key = randomBytes(32).toString('base64url')
  const all = { ...env, REVOCATIONS_STORE: database, OUTBOX_STORE: database, OUTBOX_KEYS: `one:${key}` }
  await pool.query('DROP TABLE IF EXISTS typed')
  await pool.query(`CREATE TABLE typed (sid varchar PRIMARY KEY, sess ${type} NOT NULL)`)
  const index = createPostgresSessionIndex({ pool, end: () => {} })
  for (const [what, content, tokens, unreadable] of CONTENTS) {
    if (type !== 'text' && !isJson(content)) continue
    if (type === 'jsonb' && /\\u(?:0000|d800)/.test(content)) continue
    const claims = { iss: ISS, sub: what, sid: what, iat: Math.floor(Date.now() / 1000) - 60 }
    for (const [id, sess] of Object.entries({ odd: content, even: JSON.stringify({ tokens: TOKENS }) })) {
      await pool.query('INSERT INTO typed VALUES ($1, $2)', [id, sess])
      await index.add(id, claims)
    }
    const args = ['logout-user', '--iss', ISS, '--sub', what, '--table', 'typed', '--json']
    const { code, stdout, stderr } = await run(args, { env: all })
    expect({ what, code, stdout, stderr }).toEqual({
      what,
      code: unreadable,
      stdout: `${JSON.stringify({ sessions: 2, tokens: 2 + tokens, ...(unreadable && { unreadable }) })}\n`,
      stderr: unreadable ? expect.stringContaining('Sessions whose tokens could not be read: 1.') : '',
    })
    expect((await pool.query('SELECT sid FROM typed')).rows).toEqual([])
  }
})

test('the tokens can be in a nested member', async () => {
  await pool.query('UPDATE session SET sess = $1', [{ auth: { tokens: TOKENS } }])
  const key = randomBytes(32).toString('base64url')
  const all = { ...env, OUTBOX_STORE: database, OUTBOX_KEYS: `one:${key}` }
  const args = ['logout-user', '--iss', ISS, '--sub', 'bob', '--tokens-at', 'auth.tokens', '--json']
  expect(await run(args, { env: all })).toMatchObject({
    code: 0,
    stdout: '{"sessions":1,"tokens":2}\n',
  })
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
