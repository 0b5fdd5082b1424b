import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openOutbox } from '@backend-logout/outbox'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const encryptionKeys = [{ kid: 'a', key: Buffer.alloc(32, 7).toString('base64url') }]
let provider: CountingProvider
let server: PostgresServer
let store: string
let env: Record<string, string>
beforeAll(async () => {
  ;[provider, server] = await Promise.all([startCountingProvider(folder.path, 700), startPostgres()])
  store = await server.database('shared')
  await (await openOutbox({ store, encryptionKeys })).close()
  env = { ...provider.env, OUTBOX_STORE: store }
})
afterAll(() => Promise.all([provider[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]))
beforeEach(() => {
  provider.intercept = () => false
})

const revokedOnce = (tokens: readonly string[]): boolean =>
  tokens.every((token) => provider.revocations.get(token) === 1)
/** The rate that is stored for everyone. */
const storedPace = async (address = store): Promise<unknown[]> =>
  query(address, `SELECT data FROM backend_logout.job WHERE id = '70616365-0000-4000-8000-000000000000'`)

test('a run takes its turns in the database that OUTBOX_STORE or --outbox names', async () => {
  const [first, second] = [provider.take(30), provider.take(30)]
  expect(await storedPace()).toEqual([])
  const ended = await run(['revoke', '--json'], { env, input: first.join('\n') })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  const [before] = await storedPace()
  expect(before).toBeDefined()
  const { password, host, pathname } = new URL(store)
  // Without a password in the arguments: it comes from the places where libpq reads it.
  const args = ['revoke', '--outbox', `postgres://postgres@${host}${pathname}`]
  const { code } = await start(args, { env: { ...provider.env, PGPASSWORD: password }, input: second.join('\n') }).ended
  expect(code).toBe(0)
  expect(await storedPace()).not.toEqual([before])
  expect(revokedOnce([...first, ...second])).toBe(true)
})

const withoutPassword = (address: string): string => {
  const { host, pathname } = new URL(address)
  return `postgres://postgres@${host}${pathname}`
}
const passwordOf = (address: string): string => new URL(address).password

describe('a run is refused, before anything is sent', () => {
  const refused = async (args: string[], more: Record<string, string> = {}) => {
    const arrivals: string[] = []
    const onArrival = (token: string): void => void arrivals.push(token)
    provider.arrivals.on('revocation', onArrival)
    // In a separate process, because the driver reads PGPASSWORD there.
    const ended = await start(['revoke', ...args], { env: { ...provider.env, ...more }, input: 'token-1' }).ended
    provider.arrivals.off('revocation', onArrival)
    expect(arrivals).toEqual([])
    expect(ended.stdout + ended.stderr).not.toContain('a-password')
    return ended
  }

  test('with a password in the arguments', async () => {
    expect(await refused(['--outbox', store])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/set OUTBOX_STORE instead of passing --outbox/),
    })
  })

  test.each(['./outbox', 'mysql://localhost/app'])('with --outbox %s', async (address) => {
    expect(await refused(['--outbox', address])).toMatchObject({ code: 2, stderr: expect.stringContaining('--outbox') })
    // A dry run also finds that.
    expect(await refused(['--outbox', address, '--dry-run'])).toMatchObject({ code: 2 })
  })

  test('in a database without an outbox, in which it creates nothing', async () => {
    const empty = await server.database('empty')
    const { code, stderr } = await refused(['--outbox', withoutPassword(empty)], { PGPASSWORD: passwordOf(empty) })
    expect(code).toBe(4)
    expect(stderr).toMatch(/--outbox cannot be used: There is no outbox in the schema .* Nothing was sent\./)
    expect(await query(empty, `SELECT 1 FROM pg_namespace WHERE nspname = 'backend_logout'`)).toEqual([])
  })

  test('with a database that cannot be reached', async () => {
    const gone = store.replace(/:\d+\//, ':1/')
    const { code, stderr } = await refused(['--outbox', withoutPassword(gone)], { PGPASSWORD: passwordOf(gone) })
    expect(code).toBe(4)
    expect(stderr).toMatch(/Opening the store failed: .*ECONNREFUSED.* Nothing was sent\./)
  })
})

test('an outbox in OUTBOX_STORE alone that cannot be used is reported, and the run keeps its own pace', async () => {
  const tokens = provider.take(3)
  const gone = store.replace(/:\d+\//, ':1/')
  const ended = await run(['revoke'], { env: { ...provider.env, OUTBOX_STORE: gone }, input: tokens.join('\n') })
  expect(ended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/OUTBOX_STORE cannot be used: .* its own pace/),
  })
  expect(ended.stderr).not.toContain('a-password')
  expect(revokedOnce(tokens)).toBe(true)
})

test('a folder in OUTBOX_STORE, which one process at a time has open, changes nothing', async () => {
  const outbox = folder.fresh()
  mkdirSync(outbox, { mode: 0o700 })
  const tokens = provider.take(5)
  const ended = await run(['revoke'], { env: { ...provider.env, OUTBOX_STORE: outbox }, input: tokens.join('\n') })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(revokedOnce(tokens)).toBe(true)
})

test('--rate lowers the shared pace', async () => {
  const tokens = provider.take(12)
  const startedAt = performance.now()
  const { code } = await run(['revoke', '--rate', '10'], { env, input: tokens.join('\n') })
  expect(code).toBe(0)
  expect(performance.now() - startedAt).toBeGreaterThan(1_000)
})

test('a refusal pauses the workers, is reported, and the run continues after it', async () => {
  await using outbox = await openOutbox({ store, encryptionKeys })
  const tokens = provider.take(20)
  let refusals = 0
  provider.intercept = (_token, response) => {
    if (refusals++ > 0) return false
    response.writeHead(429, { 'retry-after': '2' }).end()
    return true
  }
  const running = run(['revoke'], { env, input: tokens.join('\n') })
  while (!(await outbox.stats()).pausedUntil) await sleep(5)
  const { code, stderr } = await running
  expect(code).toBe(0)
  expect(stderr).toMatch(
    /pauses for [12]\.\d s, with the workers of the outbox, because of the provider \(rate_limited\)/,
  )
  expect(revokedOnce(tokens)).toBe(true)
})

describe('when the database vanishes in the middle', () => {
  /** Starts a run that is in the middle of its input when the server is killed. */
  const interrupted = async (tokens: readonly string[]) => {
    const args = ['revoke', folder.file(tokens.join('\n')), '-j', folder.fresh(), '-c', '4', '--rate', '100', '--json']
    const running = start(args, { env })
    for (let count = 0; count < 20; count++) await once(provider.arrivals, 'revocation')
    await server.kill()
    await running.seen(/waiting for the database of the outbox\./)
    return { args, running }
  }

  test('the run waits, and continues when the database is back', async () => {
    const tokens = provider.take(200)
    const { running } = await interrupted(tokens)
    // Turns that were reserved earlier stay valid for up to half a second.
    await sleep(600)
    const before = provider.revocations.size
    await sleep(1_000)
    // It has no turns, and does not continue without them.
    expect(provider.revocations.size).toBeLessThan(before + 5)
    await server.start()
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ revoked: 200, notRevoked: 0 })
    expect(stderr).not.toContain('a-password')
    expect(revokedOnce(tokens)).toBe(true)
  })

  test('Ctrl-C ends it, and the journal resumes', async () => {
    const tokens = provider.take(200)
    const { args, running } = await interrupted(tokens)
    running.child.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    const summary = JSON.parse(stdout)
    // Requests that waited for a turn, if any, were not sent.
    expect(summary).toMatchObject({ complete: false, unknown: 0 })
    expect(summary.reasons).toEqual(summary.live > 0 ? { aborted: summary.live } : {})
    await server.start()
    const { code: later, stdout: rest } = await run(args, { env })
    expect(later).toBe(0)
    expect(JSON.parse(rest)).toMatchObject({ skipped: summary.revoked, revoked: 200 - summary.revoked })
    expect(revokedOnce(tokens)).toBe(true)
  })
})
