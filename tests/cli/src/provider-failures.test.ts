import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 300)
})
afterAll(() => provider[Symbol.asyncDispose]())
beforeEach(() => {
  provider.intercept = () => false
})

test('a wrong secret stops the run early, with a remedy, and is not repeated', async () => {
  let requests = 0
  provider.arrivals.on('revocation', () => requests++)
  const env = { ...provider.env, AUTHING_APP_SECRET: 'a-wrong-secret' }
  const { code, stdout, stderr } = await run(['revoke'], { env, input: provider.take(100).join('\n') })
  provider.arrivals.removeAllListeners()
  expect(code).toBe(3)
  expect(stdout).toContain('The end of the input was not reached.')
  expect(stderr).toMatch(/Stopping: .* AUTHING_APP_ID, AUTHING_APP_SECRET .* 'backend-logout doctor'/)
  expect(stderr).not.toContain('a-wrong-secret')
  expect(requests).toBeLessThan(60)
})

test('a wrong secret also exits with code 3 for a single token', async () => {
  const env = { ...provider.env, AUTHING_APP_SECRET: 'a-wrong-secret' }
  const { code, stderr } = await run(['revoke'], { env, input: provider.take(1)[0] ?? '' })
  expect(code).toBe(3)
  expect(stderr).toMatch(/^backend-logout: line 1: sha256:.{16} is not revoked\. .* 401 invalid_client/)
})

test('a token that the provider refuses never stops the others', async () => {
  const tokens = provider.take(50)
  provider.intercept = (token, response) => {
    if (tokens.indexOf(token) % 2 === 0) return false
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"unsupported_token_type"}')
    return true
  }
  const { code, stdout } = await run(['revoke', '--json'], { env: provider.env, input: tokens.join('\n') })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    revoked: 25,
    unsupported: 25,
    notRevoked: 25,
    reasons: { unsupported_token_type: 25 },
    complete: true,
    exitCode: 1,
  })
})

test('throttling slows the run down, and nothing is lost', async () => {
  let requests = 0
  provider.intercept = (_token, response) => {
    if (++requests % 20 !== 0) return false
    response.writeHead(429, { 'retry-after': '0' }).end()
    return true
  }
  const tokens = provider.take(40)
  const { code, stdout } = await run(['revoke'], { env: provider.env, input: tokens.join('\n') })
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^40 tokens revoked, 0 not/) })
})

test('--verify proves the revocation, and reports missing proof', async () => {
  const [token] = provider.take(1) as [string]
  const first = await run(['revoke', '--verify', '--json'], { env: provider.env, input: token })
  expect(first.code).toBe(0)
  expect(JSON.parse(first.stdout)).toMatchObject({ revoked: 1 })
  const second = await run(['revoke', '--verify'], { env: provider.env, input: token })
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/is accepted, but not verified\. .*inactive even before/)
  expect(second.stdout).toMatch(
    /0 tokens revoked, 1 not[\s\S]*the provider accepted 1, but introspection could not verify it/,
  )
})

test('a provider that cannot be reached is reported as such', async () => {
  const env = { ...provider.env, AUTHING_APP_HOST: 'http://127.0.0.1:1' }
  const { code, stdout, stderr } = await run(['revoke'], { env, input: 'token-1' })
  expect(code).toBe(1)
  expect(stderr).toMatch(/is not revoked\. .*ECONNREFUSED.*Nothing was sent/)
  expect(stdout).toMatch(/Not revoked: network 1\.\nAssume that these tokens are still active\./)
})

test.each([
  [{}, /AUTHING_APP_ID is not set/],
  [{ AUTHING_APP_ID: 'app' }, /AUTHING_APP_HOST is not set/],
  [{ AUTHING_APP_ID: 'app', AUTHING_APP_HOST: 'https://a.example' }, /AUTHING_APP_SECRET is not set/],
  [
    { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 's', AUTHING_APP_HOST: 'nonsense' },
    /AUTHING_APP_HOST must be an absolute URL/,
  ],
  [{ AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 's', AUTHING_APP_HOST: 'http://a.example' }, /must use https/],
])('incomplete settings exit with code 2: %j', async (env, message) => {
  for (const command of ['revoke', 'introspect', 'logout-url']) {
    const { code, stdout, stderr } = await run([command], { env, input: 'token-1' })
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(stderr).toMatch(/^backend-logout: /)
  }
})

test('the secret can come from a file', async () => {
  const { AUTHING_APP_SECRET: secret = '', ...env } = provider.env
  const tokens = provider.take(2)
  const file = folder.file(`${secret}\n`)
  const args = ['revoke', '--secret-file', file]
  expect(await run(args, { env, input: tokens[0] ?? '' })).toMatchObject({ code: 0, stderr: '' })
  // The option takes precedence over the environment.
  const wrong = { ...env, AUTHING_APP_SECRET: 'wrong' }
  expect(await run(args, { env: wrong, input: tokens[1] ?? '' })).toMatchObject({ code: 0, stderr: '' })
  const missing = await run(['revoke', '--secret-file', 'missing'], { env, input: 'token-1' })
  expect(missing).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/secret.*missing|missing.*secret|cannot be read/i),
  })
})

test('--quiet prints nothing, whatever the outcome', async () => {
  const input = `${provider.take(1)[0]}\na bad line\n`
  expect(await run(['revoke', '--quiet'], { env: provider.env, input })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '',
  })
})

test('a long run reports its progress', async () => {
  provider.intercept = async () => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return false
  }
  const input = folder.file(provider.take(60).join('\n'))
  const running = start(['revoke', input, '-c', '1'], { env: provider.env })
  await running.seen(/backend-logout: \d+%, \d+ done, 0 failed, \d+\/s, .* left/)
  expect((await running.ended).code).toBe(0)
})
