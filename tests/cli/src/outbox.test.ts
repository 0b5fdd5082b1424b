import { startTcpProxy } from '@backend-logout/tests-outbox/tcp-proxy'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
let env: Record<string, string>
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 60)
  const { stdout } = await run(['outbox', 'key', 'first'])
  env = { ...provider.env, OUTBOX_STORE: inject('databases').outbox, OUTBOX_KEYS: stdout }
})
afterAll(() => provider[Symbol.asyncDispose]())
beforeEach(() => {
  provider.intercept = () => false
})

test('logouts are stored, counted and completed', async () => {
  const tokens = provider.take(4)
  const session = JSON.stringify({ access_token: tokens[2], refresh_token: 'refresh-token-1', token_type: 'Bearer' })
  const input = `${tokens.slice(0, 2).join('\n')}\n\n${session}\n{"token":"${tokens[3]}"}\n`
  const added = await run(['outbox', 'add'], { env, input })
  expect(added).toMatchObject({ code: 0, stdout: '4 stored, 0 not.\n', stderr: '' })
  const stats = await run(['outbox', 'stats'], { env: { OUTBOX_STORE: env.OUTBOX_STORE as string } })
  expect(stats.stdout).toMatch(/^pending +4\n/)
  const worked = await run(['outbox', 'work', '--until-empty'], { env })
  expect(worked).toMatchObject({ code: 0, stdout: expect.stringContaining('4 logouts revoked') })
  expect(tokens.every((token) => provider.revocations.get(token) === 1)).toBe(true)
})

test('a logout that cannot be completed with the current configuration is listed with its reason, and retried after a fix', async () => {
  const [token] = provider.take(1) as [string]
  provider.intercept = (_token, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}')
    return true
  }
  await run(['outbox', 'add'], { env, input: token })
  const worked = await run(['outbox', 'work', '--until-empty'], { env })
  expect(worked).toMatchObject({ code: 1, stdout: expect.stringContaining('1 dead letters') })
  expect(worked.stderr).toContain(`${fingerprint(token)} cannot be revoked with the current configuration (rejected)`)

  const dead = await run(['outbox', 'dead'], { env })
  expect(dead.stdout).toMatch(/^\S+ {2}\S+Z {2}rejected 400 invalid_request, 1 attempts: access_token sha256:/)
  const [id = ''] = dead.stdout.split(' ')

  provider.intercept = () => false
  expect(await run(['outbox', 'retry', id], { env })).toMatchObject({ code: 0, stdout: '1 put back into the queue.\n' })
  expect(await run(['outbox', 'work', '--until-empty'], { env })).toMatchObject({ code: 0 })
  expect(provider.revocations.get(token)).toBe(1)
  expect(await run(['outbox', 'retry', id], { env })).toMatchObject({ code: 1, stdout: '0 put back into the queue.\n' })
})

test('logouts are bound to the provider that the environment names when they are added', async () => {
  const [token] = provider.take(1) as [string]
  const own = { ...env, AUTHING_APP_HOST: (env.AUTHING_APP_HOST as string).replace('127.0.0.1', 'localhost') }
  const { AUTHING_APP_SECRET: _, ...withoutSecret }: Record<string, string> = own
  expect(await run(['outbox', 'add'], { env: withoutSecret, input: token })).toMatchObject({ code: 0 })
  const worked = await run(['outbox', 'work', '--until-empty'], { env })
  expect(worked).toMatchObject({ code: 1, stderr: expect.stringContaining('(other_provider)') })
  expect(provider.revocations.has(token)).toBe(false)

  const [id = ''] = (await run(['outbox', 'dead'], { env })).stdout.split(' ')
  const unknown = '0a5019c1-17e1-4444-8888-123456789012'
  expect(await run(['outbox', 'retry', id, id.toUpperCase(), unknown, 'canary-1'], { env })).toEqual({
    code: 1,
    signal: null,
    stdout: '1 put back into the queue.\n',
    stderr:
      `backend-logout: ${unknown} is not a dead letter that can be retried.\n` +
      'backend-logout: Argument 4 is not a dead letter that can be retried.\n',
  })
  expect(await run(['outbox', 'work', '--until-empty'], { env })).toMatchObject({ code: 1 })
  expect(await run(['outbox', 'retry', id, id], { env })).toMatchObject({ code: 0, stderr: '' })
  expect(await run(['outbox', 'work', '--until-empty'], { env: own })).toMatchObject({ code: 0 })
  expect(provider.revocations.get(token)).toBe(1)
})

test('without an application and a provider in the environment, logouts are bound to none', async () => {
  const [token] = provider.take(1) as [string]
  const { AUTHING_APP_HOST: _, ...unbound } = env
  expect(await run(['outbox', 'add'], { env: unbound, input: token })).toMatchObject({ code: 0 })
  expect(await run(['outbox', 'work', '--until-empty'], { env })).toMatchObject({ code: 0 })
  expect(provider.revocations.get(token)).toBe(1)
})

test('an address for probes that cannot be used is blamed, and not the port', async () => {
  for (const host of ['no-such-host.invalid', '192.0.2.1']) {
    const { code, stderr } = await run(['outbox', 'work', '--health-port', '0', '--health-host', host], { env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('address of --health-host') })
  }
})

test('an invalid line is not stored, and does not stop the others', async () => {
  const tokens = provider.take(2)
  const input = `${tokens[0]}\ntwo words\n{"access_token":7}\n${tokens[1]}\n`
  const { code, stdout, stderr } = await run(['outbox', 'add'], { env, input })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '2 stored, 2 not.\n' })
  expect(stderr).toMatch(/line 2: .*\n.*line 3: /)
})

test('a table is not stored, and is recognized', async () => {
  const { code, stdout, stderr } = await run(['outbox', 'add'], { env, input: 'user_id|token\nu-1|abc\nu-2|def\n' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '0 stored, 3 not.\n' })
  expect(stderr).toMatch(/a table with the columns "user_id", "token"\. Tables are not read: write one token per line/)
})

test('another form of JSON is not stored, and is recognized', async () => {
  const { stderr } = await run(['outbox', 'add'], {
    env,
    input: '[\n{"access_token":"abc"},\n{"access_token":"def"}\n]\n',
  })
  expect(stderr).toContain("It is a JSON array. Write one element per line: jq -c '.[]' FILE")
})

test.each([
  ['add', { OUTBOX_STORE: undefined }, /OUTBOX_STORE is not set/],
  ['add', { OUTBOX_KEYS: undefined }, /OUTBOX_KEYS is not set[\s\S]*outbox key/],
  ['add', { OUTBOX_KEYS: 'c2VjcmV0LWtleQ' }, /NAME:KEY/],
  ['add', { OUTBOX_KEYS: 'a:c2VjcmV0LWtleQ' }, /Key 1 in OUTBOX_KEYS must have 32 bytes/],
  ['work', { AUTHING_APP_ID: undefined }, /AUTHING_APP_ID is not set/],
  ['stats', { OUTBOX_STORE: 'mysql://example.com/db' }, /postgres:\/\/ address/],
  ['add', { OUTBOX_STORE: '"postgres://127.0.0.1:1/db"' }, /without quotes/],
])('outbox %s with wrong settings exits with code 2: %j', async (command, change, message) => {
  const changed = Object.entries({ ...env, ...change }).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const { code, stdout, stderr } = await run(['outbox', command], {
    env: Object.fromEntries(changed),
    input: 'token-1',
  })
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  expect(stderr).not.toContain('c2VjcmV0LWtleQ')
})

test('a password in an argument is refused and not repeated', async () => {
  const { code, stderr } = await run(['outbox', 'stats', '--store', 'postgres://me:s3cret@localhost/db'], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('OUTBOX_STORE') })
  expect(stderr).not.toContain('s3cret')
})

test('a database that cannot be reached causes exit code 4, without its password', async () => {
  const address = 'postgres://me:s3cret@127.0.0.1:1/db'
  const { code, stderr } = await run(['outbox', 'stats'], { env: { ...env, OUTBOX_STORE: address } })
  expect(code).toBe(4)
  expect(stderr).toMatch(/^backend-logout: .*ECONNREFUSED/)
  expect(stderr).not.toContain('s3cret')
})

test('a new key writes, and the old one still reads', async () => {
  const [before, after] = provider.take(2) as [string, string]
  await run(['outbox', 'add'], { env, input: before })
  const { stdout } = await run(['outbox', 'key', 'second'])
  const keys = folder.file(`${stdout}\n${env.OUTBOX_KEYS}`)
  const rotated = { ...env, OUTBOX_KEYS: '', OUTBOX_KEYS_FILE: keys }
  await run(['outbox', 'add'], { env: rotated, input: after })
  expect(await run(['outbox', 'work', '--until-empty'], { env: rotated })).toMatchObject({ code: 0 })
  for (const token of [before, after]) expect(provider.revocations.get(token)).toBe(1)
})

describe('outbox work --health-port', () => {
  test('answers probes while the worker runs, with counts and no token', async () => {
    const worker = start(['outbox', 'work', '--health-port', '0'], { env })
    await worker.seen(/health on port \d+/)
    const [, port] = /health on port (\d+)/.exec(worker.output.stderr) ?? []
    const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method })
    await expect.poll(async () => (await ask('/health')).text()).toContain('"working":true')
    const answer = await ask('/health')
    expect({ status: answer.status, store: answer.headers.get('cache-control') }).toEqual({
      status: 200,
      store: 'no-store',
    })
    expect(await answer.json()).toMatchObject({ state: 'ready', pending: 0, dead: 0, oldestAgeMs: 0 })
    const metrics = await ask('/metrics')
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await metrics.text()).toBe(`# TYPE backend_logout_outbox_up gauge
backend_logout_outbox_up 1
# TYPE backend_logout_outbox_logouts gauge
backend_logout_outbox_logouts{state="pending"} 0
backend_logout_outbox_logouts{state="active"} 0
backend_logout_outbox_logouts{state="dead"} 0
# TYPE backend_logout_outbox_oldest_age_seconds gauge
backend_logout_outbox_oldest_age_seconds 0
`)
    expect([
      (await ask('/')).status,
      (await ask('/health', 'POST')).status,
      (await ask('/health', 'HEAD')).status,
    ]).toEqual([404, 405, 200])
    const second = await run(['outbox', 'work', '--health-port', port as string], { env })
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('another program uses it') })
    worker.child.kill('SIGTERM')
    expect(await worker.ended).toMatchObject({ code: 0 })
  })

  test('returns 503 once the database is gone', async () => {
    await using proxy = await startTcpProxy(Number(new URL(env.OUTBOX_STORE as string).port))
    const store = (env.OUTBOX_STORE as string).replace(/:\d+\//, `:${proxy.port}/`)
    const worker = start(['outbox', 'work', '--health-port', '0'], { env: { ...env, OUTBOX_STORE: store } })
    await worker.seen(/health on port \d+/)
    const [, port] = /health on port (\d+)/.exec(worker.output.stderr) ?? []
    const status = async () => (await fetch(`http://127.0.0.1:${port}/health`)).status
    expect(await status()).toBe(200)
    proxy.silence()
    proxy.silenceNew()
    await expect.poll(status, { timeout: 60_000 }).toBe(503)
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(metrics).toBe('# TYPE backend_logout_outbox_up gauge\nbackend_logout_outbox_up 0\n')
    worker.child.kill('SIGKILL')
    await worker.ended
  })
})
