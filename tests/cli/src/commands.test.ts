import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binPath, run, start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { signIn } from './sign-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 20)
})
afterAll(() => provider[Symbol.asyncDispose]())

const take = (): string => provider.take(1)[0] as string

test.each([
  ['20.20.2', 2],
  ['22.18.0', 2],
  ['22.19.0', 0],
  ['24.0.0', 0],
])('on Node.js %s, the exit code is %i', async (version, code) => {
  const { engines } = JSON.parse(readFileSync(join(dirname(binPath), '../package.json'), 'utf8'))
  expect(engines).toEqual({ node: '>=22.19' })
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const shell = `node=$1; shift; exec "$node" --import "data:text/javascript,${encodeURIComponent(pretend)}" "$@"`
  const stderr = code ? `backend-logout requires Node.js 22.19 or later, and this is ${version}.\n` : ''
  expect(await start(['--version'], { shell }).ended).toMatchObject({ code, stderr })
})

test.each([
  ['revoke'],
  ['doctor'],
  ['introspect'],
  ['logout-url'],
  ['emulator'],
  ['outbox'],
  ['revoke-user'],
  ['revoke-session'],
  ['revoke-issuer'],
  ['logout-user'],
])('%s --help has examples and exit codes', async (command) => {
  const { code, stdout, stderr } = await run([command, '--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/Examples:\n {2}\$ .*backend-logout /)
  expect(stdout).toMatch(/Exit codes:\n {2}0 {4}/)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(82)
})

test('--version and --help print the requested text', async () => {
  expect(await run(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: '',
  })
  expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('AUTHING_APP_ID') })
  expect(await run(['help', 'revoke'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--journal') })
})

test('the help lists all commands, and each is found by its name', async () => {
  const { stdout } = await run(['--help'])
  const list = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('The provider'))
  const names = Array.from(list.matchAll(/^ {2}([\w-]+)/gm), ([, name = '']) => name)
  expect(names.join(' ')).toBe(
    'revoke revoke-user revoke-session revoke-issuer logout-user doctor introspect report logout-url outbox emulator help',
  )
  for (const name of names.slice(0, -1)) {
    const usage = new RegExp(`^Usage: backend-logout ${name} \\[`)
    expect(await run([name, '--help'])).toMatchObject({ code: 0, stdout: expect.stringMatching(usage) })
    expect(await run(['help', name])).toMatchObject({ code: 0, stdout: expect.stringMatching(usage) })
  }
})

test.each([
  [[], /Usage: backend-logout/],
  [['revok'], /Argument 1 is not a command of 'backend-logout'\. Did you mean revoke\?/],
  [['logut-url'], /Argument 1 is not a command of 'backend-logout'\. Did you mean logout-url\?/],
  [['outbox', 'ad'], /Argument 2 is not a command of 'backend-logout outbox'\. Did you mean add\?/],
  [['constructor'], /Argument 1 is not a command of 'backend-logout'\./],
  [['revoke', '--jurnal', 'x'], /Argument 2 is not an option of 'backend-logout revoke'\. Did you mean --journal\?/],
  [['revoke', '-c', '0'], /whole number from 1 to 10000/],
  [['revoke', '-c', '1e3'], /whole number from 1 to 10000/],
  [
    ['revoke', '-c'],
    /The option '-c, --concurrency <number>' needs an argument\.\nTry 'backend-logout revoke --help'\./,
  ],
  [['revoke', 'a', 'b'], /Too many arguments: 'backend-logout revoke' takes only one\./],
  [['emulator', '--port', '70000'], /whole number from 0 to 65535/],
  [['emulator', '--app', 'x'], /--app must be post, basic or none/],
  [['emulator', '--redirect-uri', 'x'], /--redirect-uri must be a URL, such as/],
  [['emulator', '--logout-redirect-uri', 'ftp://x'], /--logout-redirect-uri must be a URL, such as/],
  [['logout-url', '--kind', 'x'], /--kind must be oidc, generic or cas/],
  [
    ['revoke-user', '--iss', 'x'],
    /The option '--sub <subject>' is required\.\nTry 'backend-logout revoke-user --help'\./,
  ],
  [['revoke-issuer', '--iss', 'x'], /The option '--issued-before <date>' is required/],
  [['introspect', '--cert-file', 'x'], /must be passed together/],
])('wrong usage exits with code 2 and names the correct usage: %j', async (args, message) => {
  const { code, stdout, stderr } = await run(args, { env: provider.env })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('a full disk behind standard output is reported, and exits with code 4', async () => {
  const { code, stderr } = await start(['--help'], { shell: '"$@" > /dev/full' }).ended
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: 'backend-logout: The output cannot be written: the disk is full.\n',
  })
})

test('an error shows its stack only if requested', async () => {
  const env = { ...provider.env, BACKEND_LOGOUT_DEBUG: '1' }
  const { stderr } = await run(['introspect', '/missing'], { env })
  expect(stderr).toMatch(/^backend-logout: .*the file or folder does not exist\..*\n[\s\S]*\n\s+at /)
})

test("introspect prints the provider's response, and its exit code states whether the token is active", async () => {
  const { accessToken } = JSON.parse(await signIn(provider))
  const active = await run(['introspect'], { env: provider.env, input: accessToken })
  expect(active.code).toBe(0)
  expect(active.stdout).toMatch(new RegExp(`^${fingerprint(accessToken)} is active\\.\n[\\s\\S]*sub +alice\n`))
  const json = await run(['introspect', '--json', folder.file(accessToken)], { env: provider.env })
  expect(JSON.parse(json.stdout)).toMatchObject({ active: true, sub: 'alice' })

  await run(['revoke'], { env: provider.env, input: accessToken })
  const dead = await run(['introspect'], { env: provider.env, input: accessToken })
  expect(dead).toMatchObject({ code: 1, stdout: `${fingerprint(accessToken)} is not active.\n` })
})

test.each([
  ['', /There is no token in standard input/],
  ['two words', /line 1: The line has white space/],
])('introspect requires a token, and %j has none', async (input, message) => {
  const { code, stderr } = await run(['introspect'], { env: provider.env, input })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
})

test('introspect distinguishes a refusal from an inactive token', async () => {
  const wrong = await run(['introspect'], { env: { ...provider.env, AUTHING_APP_SECRET: 'x' }, input: take() })
  expect(wrong).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('401 invalid_client') })
  const gone = await run(['introspect'], {
    env: { ...provider.env, AUTHING_APP_HOST: 'http://127.0.0.1:1' },
    input: take(),
  })
  expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('ECONNREFUSED') })
})

test('logout-url prints only the URL', async () => {
  const { idToken } = JSON.parse(await signIn(provider))
  const file = folder.file(`${idToken}\n`)
  const args = ['logout-url', '--id-token-file', file, '--redirect-uri', 'http://localhost:3000/', '--state', 'a b&c']
  const { code, stdout, stderr } = await run(args, { env: provider.env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const url = new URL(stdout.trim())
  expect(url.pathname).toBe('/oidc/session/end')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    id_token_hint: idToken,
    post_logout_redirect_uri: 'http://localhost:3000/',
    state: 'a b&c',
  })
  const response = await fetch(url, { redirect: 'manual' })
  expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/\?state=a/)
})

test('logout-url reads the metadata of an issuer', async () => {
  const { AUTHING_APP_HOST, ...env } = provider.env
  // The emulator states its own address, and not that of the server in front of it.
  const { issuer } = (await (await fetch(`${AUTHING_APP_HOST}/oidc/.well-known/openid-configuration`)).json()) as {
    issuer: string
  }
  const { code, stdout } = await run(['logout-url', '--json'], { env: { ...env, AUTHING_APP_ISSUER: issuer } })
  expect(code).toBe(0)
  expect(JSON.parse(stdout).url).toMatch(/\/oidc\/session\/end\?client_id=/)
})

test('logout-url names missing values by their own names', async () => {
  const { code, stderr } = await run(['logout-url', '--redirect-uri', 'http://localhost:3000/'], { env: provider.env })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/--id-token-file is missing: .* use kind 'generic'/),
  })
})

test('an error names commands as its user has to type them', async () => {
  const env = { npm_command: 'exec', OUTBOX_STORE: folder.fresh() }
  const npx = await run(['outbox', 'add'], { env })
  expect(npx.stderr).toMatch(/^backend-logout: .*'npx @backend-logout\/cli outbox key' makes a key\.$/m)
  const usage = await run(['revoke', '--unknown'], { env })
  expect(usage.stderr).toContain("Try 'npx @backend-logout/cli revoke --help'.")
  const installed = await run(['outbox', 'add'], { env: { OUTBOX_STORE: env.OUTBOX_STORE } })
  expect(installed.stderr).toContain("'backend-logout outbox key' makes a key.")
})

test('the emulator prints the variables for the other commands, and ends with Ctrl-C', async () => {
  const tokens = folder.fresh()
  const args = ['emulator', '--app', 'basic', '--issue-tokens', '3', '--tokens-file', tokens]
  const running = start(args, { env: { npm_command: 'exec' } })
  // A user of npx has no command of that name.
  await running.seen(/Ctrl-C stops it[\s\S]* {2}npx @backend-logout\/cli doctor\n/)
  const env = Object.fromEntries(
    running.output.stdout
      .trim()
      .split('\n')
      .map((line) => /^export (\w+)=(\S+)$/.exec(line)?.slice(1) ?? []),
  )
  expect(env).toMatchObject({ AUTHING_APP_CLIENT_AUTH: 'client_secret_basic' })
  expect(statSync(tokens).mode & 0o777).toBe(0o600)
  expect(await run(['revoke', tokens, '--verify'], { env })).toMatchObject({ code: 0 })
  expect(await run(['doctor'], { env })).toMatchObject({ code: 0 })
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 0 })
})

test('the emulator registers the callbacks of your application, in place of its own', async () => {
  const [login, goodbye] = ['http://localhost:4000/api/callback', 'http://localhost:4000/goodbye']
  const running = start(['emulator', '--json', '--redirect-uri', login, '--logout-redirect-uri', goodbye])
  await running.seen(/"environment"[\s\S]*\}\n/)
  const { appHost, issuer, app } = JSON.parse(running.output.stdout)
  expect(app).toMatchObject({ redirectUri: login, logoutRedirectUri: goodbye })
  /** The status of the response to a browser that comes with a callback. */
  const open = async (path: string, parameters: Record<string, string>): Promise<number> =>
    (await fetch(`${issuer}${path}?${new URLSearchParams(parameters)}`, { redirect: 'manual' })).status
  const signIn = (uri: string) =>
    open('/auth', {
      client_id: app.appId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: uri,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })
  expect([await signIn(login), await signIn('http://localhost:3000/callback')]).toEqual([303, 400])
  const signedIn = await fetch(`${appHost}/emulator/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"user":"alice"}',
  })
  const { idToken } = (await signedIn.json()) as { idToken: string }
  const end = (uri: string) => open('/session/end', { id_token_hint: idToken, post_logout_redirect_uri: uri })
  expect([await end(goodbye), await end('http://localhost:3000/')]).toEqual([302, 400])
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 0 })
})

test('the emulator does not overwrite tokens, or use a port that is in use', async () => {
  const tokens = folder.file('precious')
  expect(await run(['emulator', '--issue-tokens', '1', '--tokens-file', tokens])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/already exists\. Delete it .* or name another file with --tokens-file/),
  })
  expect(readFileSync(tokens, 'utf8')).toBe('precious')
  expect(await run(['emulator', '--tokens-file', folder.fresh()])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--tokens-file is for --issue-tokens'),
  })
  const { port } = new URL(provider.env.AUTHING_APP_HOST as string)
  expect(await run(['emulator', '--port', port])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is in use'),
  })
})
