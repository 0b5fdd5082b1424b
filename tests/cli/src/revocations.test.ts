import { join } from 'node:path'
import { followRevocations, type RevocationList } from '@backend-logout/revocations'
import { openRevocationLog, type RevocationLog } from '@backend-logout/revocations/server'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { run } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ISS = 'https://id.example.com'
const NOW = Math.floor(Date.now() / 1000)
const store = inject('databases').revocations
const folder = temporaryFolder()
let provider: CountingProvider
let log: RevocationLog
let list: RevocationList
/** With the log's address in the environment. */
let env: Record<string, string>
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 40, 'jwt')
  env = { ...provider.env, REVOCATIONS_STORE: store }
  log = await openRevocationLog({ store })
  list = followRevocations({ source: log })
  await list.ready
})
afterAll(async () => {
  await list?.close()
  await log?.close()
  await provider?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  provider.intercept = () => false
})

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
/** The list follows the log, so an entry takes a moment. */
const refuses = (claims: object) => expect.poll(() => list.check(claims), { timeout: 60_000 }).toBe('revoked')

describe('a manual entry', () => {
  test('refuses only tokens that were issued to a user until now', async () => {
    const ended = await run(['revoke-user', '--iss', ISS, '--sub', 'alice'], { env })
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('of this user') })
    expect(ended.stdout).toMatch(/Refresh tokens are not affected/)
    await refuses({ iss: ISS, sub: 'alice', iat: NOW - 60 })
    expect(list.check({ iss: ISS, sub: 'alice', iat: NOW + 600 })).toBe('valid')
    expect(list.check({ iss: ISS, sub: 'bob', iat: NOW - 60 })).toBe('valid')
    expect(list.check({ iss: 'https://other.example.com', sub: 'alice', iat: NOW - 60 })).toBe('valid')
  })

  test('refuses a session', async () => {
    const ended = await run(['revoke-session', '--iss', ISS, '--sid', 's-1', '--json'], { env })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const entry = JSON.parse(ended.stdout)
    expect(entry).toEqual({ iss: ISS, sid: 's-1', at: expect.any(Number), until: entry.at + 2_592_000 })
    await refuses({ iss: ISS, sid: 's-1', sub: 'carol', iat: NOW - 60 })
  })

  test('refuses everything that an issuer issued before a time', async () => {
    const iss = 'https://incident.example.com'
    const before = new Date((NOW - 3600) * 1000).toISOString()
    const args = ['revoke-issuer', '--iss', iss, '--issued-before', before, '--token-lifetime', '86400', '--quiet']
    expect(await run(args, { env })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    await refuses({ iss, sub: 'anybody', iat: NOW - 3700 })
    expect(list.check({ iss, sub: 'anybody', iat: NOW - 3500 })).toBe('valid')
  })

  test.each([
    ['revoke-user', '--sub', ['--iss', ISS, '--sub', '']],
    ['revoke-session', '--sid', ['--iss', ISS, '--sid', '']],
    ['revoke-user', '--iss', ['--iss', '', '--sub', 'alice']],
  ])('%s names the option %s if it is empty', async (command, option, args) => {
    const ended = await run([command, ...args], { env })
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${option} must not be empty.`),
    })
  })

  test.each([
    [['--issued-before', new Date((NOW + 7200) * 1000).toISOString()], /in the future/],
    [['--issued-before', '2020-01-31'], /has already expired.*--token-lifetime/],
    [['--issued-before', 'yesterday'], /must be a date/],
    [['--token-lifetime', '0'], /must be a whole number/],
    [['--revocations', 'postgres://me:s3cret@localhost/db'], /set REVOCATIONS_STORE instead of passing --revocations/],
    [['--revocations', 'redis://localhost'], /--revocations must be the path of a folder, or a postgres:\/\/ address/],
    [['--revocations', join(folder.path, 'missing')], /does not exist\. Name the log that your services follow/],
  ])('is not stored if it is invalid: %j', async (args, message) => {
    const ended = await run(['revoke-user', '--iss', ISS, '--sub', 'dave', ...args], { env })
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(ended.stderr).not.toContain('s3cret')
    expect(list.check({ iss: ISS, sub: 'dave', iat: NOW - 60 })).toBe('valid')
  })

  test('requires a log, and prints the response of a database without the password', async () => {
    const args = ['revoke-user', '--iss', ISS, '--sub', 'dave']
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('REVOCATIONS_STORE is not set') })
    const closed = await run(args, { env: { REVOCATIONS_STORE: 'postgres://me:s3cret@127.0.0.1:1/db' } })
    expect(closed).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('revocation log') })
    expect(closed.stderr).not.toContain('s3cret')
  })
})

describe('revoke with a revocation log', () => {
  test('adds access tokens, and counts what cannot be added', async () => {
    const tokens = provider.take(5)
    const ended = await run(['revoke', '--json'], { env, input: [...tokens, 'opaque'].join('\n') })
    expect(JSON.parse(ended.stdout)).toMatchObject({ revoked: 6, listed: 5, unlisted: 1 })
    for (const token of tokens) await refuses(claimsOf(token))
  })

  test('adds to the log first: sends no token to the provider that the log refuses', async () => {
    const tokens = provider.take(3)
    const down = { ...env, REVOCATIONS_STORE: 'postgres://127.0.0.1:1/db' }
    const ended = await run(['revoke'], { env: down, input: tokens.join('\n') })
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining('revocation log') })
    expect(tokens.some((token) => provider.revocations.has(token))).toBe(false)
  })

  test('also adds them while the provider is down, and reports both', async () => {
    const tokens = provider.take(2)
    provider.intercept = (_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"unsupported_token_type"}')
      return true
    }
    const ended = await run(['revoke'], { env, input: tokens.join('\n') })
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('2 on the revocation list.') })
    for (const token of tokens) await refuses(claimsOf(token))
  })

  test('continues a journal only with the same log, or without one', async () => {
    const { REVOCATIONS_STORE: _log, ...without } = env
    for (const [first, second, message] of [
      [env, without, /belongs to a run that adds the tokens to a revocation log\. Name that log again/],
      [without, env, /was written without a revocation log, so the tokens that it confirms are in no log/],
    ] as const) {
      const [token] = provider.take(1) as [string]
      const args = ['revoke', '--journal', folder.fresh()]
      expect(await run(args, { env: first, input: token })).toMatchObject({ code: 0 })
      expect(await run(args, { env: second, input: token })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(message),
      })
      // A dry run adds nothing.
      expect(await run([...args, '--dry-run'], { env: second, input: token })).toMatchObject({ code: 0 })
      expect(await run(args, { env: first, input: token })).toMatchObject({ code: 0 })
      expect(provider.revocations.get(token)).toBe(1)
    }
  })

  test('omits refresh tokens', async () => {
    const [token] = provider.take(1) as [string]
    const input = JSON.stringify({ token, token_type_hint: 'refresh_token' })
    const ended = await run(['revoke', '--json'], { env, input })
    expect(JSON.parse(ended.stdout)).toMatchObject({ listed: 0, unlisted: 0 })
  })
})

test('outbox add puts access tokens on the list as it stores them', async () => {
  const [token] = provider.take(1) as [string]
  const keys = await run(['outbox', 'key', 'first'])
  const outbox = { ...env, OUTBOX_STORE: store, OUTBOX_KEYS: keys.stdout }
  expect(await run(['outbox', 'add'], { env: outbox, input: token })).toMatchObject({ code: 0 })
  await refuses(claimsOf(token))
})
