import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { signIn } from './sign-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 20, 'jwt')
})
afterAll(() => provider[Symbol.asyncDispose]())

const take = (): string => provider.take(1)[0] as string

test('the doctor reports a working provider as working', async () => {
  const { code, stdout } = await run(['doctor'], { env: provider.env })
  expect(code).toBe(0)
  expect(stdout).toMatch(/✓ settings .* with a secret/)
  expect(stdout).toMatch(
    /✓ revocation +200, text\/plain, empty body; works with client_secret_post, client_secret_basic/,
  )
  expect(stdout).toMatch(/✓ wrong secret +refused \(401/)
  expect(stdout).toMatch(/No problem found\.\n$/)
  expect(stdout).not.toContain(provider.env.AUTHING_APP_SECRET)
})

test.each([
  ['backend-logout', {}],
  ['npx @backend-logout/cli', { npm_command: 'exec' }],
])('the doctor names the next command as its user has to type it: %s', async (name, started) => {
  const { stdout } = await run(['doctor'], { env: { ...provider.env, ...started } })
  expect(stdout).toContain(`no token was given: '${name} doctor FILE' revokes one`)
  const without = await run(['doctor'], { env: started })
  expect(without.stdout).toContain(`'${name} --help' has all variables.`)
})

test('the doctor reads the metadata of an issuer', async () => {
  const { AUTHING_APP_HOST, ...env } = provider.env
  const { issuer } = (await (await fetch(`${AUTHING_APP_HOST}/oidc/.well-known/openid-configuration`)).json()) as {
    issuer: string
  }
  const { code, stdout } = await run(['doctor'], { env: { ...env, AUTHING_APP_ISSUER: issuer } })
  expect(code).toBe(0)
  expect(stdout).toMatch(/✓ metadata +of issuer .*lists all endpoints/)
  const wrong = await run(['doctor'], { env: { ...env, AUTHING_APP_ISSUER: `${issuer}/other` } })
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ metadata +No metadata of issuer/) })
})

test('the doctor finds an introspection endpoint in the place of the revocation endpoint', async () => {
  const { AUTHING_APP_HOST, ...env } = provider.env
  const oidc = `${AUTHING_APP_HOST}/oidc/token`
  const token = take()
  const settings = { ...env, AUTHING_APP_REVOCATION_ENDPOINT: `${oidc}/introspection` }
  const { code, stdout } = await run(['doctor', '-'], { env: settings, input: token })
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(
      /✗ revocation +this seems to be an introspection endpoint.*\n +→ Set AUTHING_APP_REVOCATION_/,
    ),
  })
  expect(await provider.activeTokens()).toContain(fingerprint(token))
})

test('the doctor names the endpoint that is not set', async () => {
  const { AUTHING_APP_HOST, ...env } = provider.env
  const settings = { ...env, AUTHING_APP_REVOCATION_ENDPOINT: `${AUTHING_APP_HOST}/oidc/token/revocation` }
  const { code, stdout } = await run(['doctor'], { env: settings })
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/· introspection +AUTHING_APP_INTROSPECTION_ENDPOINT is not set\n/),
  })
  expect(stdout).not.toContain('has no')
})

test.each([
  ['AUTHING_APP_INTROSPECTION_ENDPOINT', '/oidc/token/introspection', /✓ connection[\s\S]*✓ introspection +200/],
  ['AUTHING_APP_END_SESSION_ENDPOINT', '/oidc/session/end', /- connection +only browsers call/],
])('the doctor finds that the revocation endpoint is not set if only %s is', async (name, path, others) => {
  const { AUTHING_APP_HOST, ...env } = provider.env
  const { code, stdout } = await run(['doctor'], { env: { ...env, [name]: `${AUTHING_APP_HOST}${path}` } })
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(others) })
  expect(stdout).toMatch(/✗ revocation +AUTHING_APP_REVOCATION_ENDPOINT is not set\n +→ Set it/)
  expect(stdout).not.toMatch(/cannot be reached|Check the address/)
})

test.each(['{"exp":{"toString":1}}', '{"exp":1e300}', 'null'])('the doctor examines a JWT with %s', async (claims) => {
  const input = `e30.${Buffer.from(claims).toString('base64url')}.c2ln`
  const { code, stdout } = await run(['doctor', '-'], { env: provider.env, input })
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('is not active before') })
})

test('the doctor shows with given tokens that revoking the refresh token also revokes the access token', async () => {
  const response = await signIn(provider)
  const { accessToken, refreshToken } = JSON.parse(response)
  const { code, stdout } = await run(['doctor', '--json', '-'], { env: provider.env, input: response })
  expect(code).toBe(0)
  const { healthy, checks } = JSON.parse(stdout)
  expect(healthy).toBe(true)
  expect(checks).toContainEqual({ name: 'cascade', status: 'ok', detail: expect.stringContaining('as well') })
  expect(stdout).not.toContain(accessToken)
  expect(stdout).not.toContain(refreshToken)
  const active = await provider.activeTokens()
  expect(active).not.toContain(fingerprint(accessToken))
  expect(active).not.toContain(fingerprint(refreshToken))
})

test('the doctor proves the revocation of a single access token', async () => {
  const { stdout } = await run(['doctor', folder.file(take())], { env: provider.env })
  expect(stdout).toMatch(/✓ access token +its revocation is accepted .* revoked and verified/)
  expect(stdout).toMatch(/· access token +it is a JWT: an API that checks only its signature accepts it until/)
})

test('the doctor does not revoke an ID token whose type is not stated', async () => {
  const claims = { aud: provider.env.AUTHING_APP_ID, nonce: 'n', sub: 'alice' }
  const input = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
  const { code, stdout } = await run(['doctor', '-'], { env: provider.env, input })
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('looks like an ID token') })
  expect(provider.revocations.has(input)).toBe(false)
})

test('the doctor finds a wrong secret, and then leaves given tokens unchanged', async () => {
  const token = take()
  const { code, stdout } = await run(['doctor', '-'], {
    env: { ...provider.env, AUTHING_APP_SECRET: 'a-wrong-secret' },
    input: token,
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(/✗ revocation .*401 invalid_client[\s\S]*→ No client authentication works/)
  expect(stdout).toMatch(/- tokens +not touched/)
  expect(stdout).not.toContain('a-wrong-secret')
  expect(await provider.activeTokens()).toContain(fingerprint(token))
})

test('the doctor finds the correct client authentication', async () => {
  // Like a GenAuth application that is set to Basic only.
  const server = await serve((request, response, body) => {
    const basic = request.headers.authorization?.startsWith('Basic ')
    const introspection = request.url?.endsWith('/introspection')
    if (!basic || body.includes('client_secret')) response.writeHead(401).end('{"error":"invalid_client"}')
    else if (request.headers.authorization !== `Basic ${btoa('app:right')}`) response.writeHead(401).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(introspection ? '{"active":false}' : '')
  })
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'right', AUTHING_APP_HOST: server.url }
  const { code, stdout } = await run(['doctor'], { env })
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /✗ revocation .*works with client_secret_basic\n.*→ Set AUTHING_APP_CLIENT_AUTH=client_secret_basic\./,
  )
  const right = await run(['doctor'], { env: { ...env, AUTHING_APP_CLIENT_AUTH: 'client_secret_basic' } })
  expect(right).toMatchObject({ code: 0 })
  server.close()
})

test('the doctor finds a provider whose success proves nothing', async () => {
  const server = await serve((_request, response) => response.writeHead(200).end())
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'right', AUTHING_APP_HOST: server.url }
  const { code, stdout } = await run(['doctor'], { env })
  expect(code).toBe(1)
  expect(stdout).toMatch(/✗ wrong secret +the revocation endpoint also answers success to a wrong secret/)
  server.close()
})

test.each([
  [
    'a web page',
    200,
    { 'content-type': 'text/html' },
    '<h1>Welcome',
    /✗ revocation .*→ This does not look like a response/s,
  ],
  ['a redirect', 302, { location: 'https://example.com/' }, '', /✗ revocation .*→ This does not look like a response/s],
  ['nothing there', 404, {}, '', /✗ revocation .*→ Check AUTHING_APP_HOST, and AUTHING_APP_PROTOCOL/s],
])('the doctor recognizes a wrong address: %s', async (_what, status, headers, body, message) => {
  const server = await serve((_request, response) => response.writeHead(status, headers).end(body))
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 's', AUTHING_APP_HOST: server.url }
  const { code, stdout } = await run(['doctor'], { env })
  expect(code).toBe(1)
  expect(stdout).toMatch(message)
  server.close()
})

test('the doctor reports where the path to the provider ends', async () => {
  const settings = await run(['doctor'], { env: { AUTHING_APP_ID: 'app' } })
  expect(settings).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ settings +AUTHING_APP_HOST is not set/) })
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'the secret', AUTHING_APP_HOST: 'http://127.0.0.1:1' }
  const closed = await run(['doctor'], { env })
  expect(closed).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ connection .*ECONNREFUSED[\s\S]*- revocation/),
  })
})

async function serve(
  answer: (request: http.IncomingMessage, response: http.ServerResponse, body: string) => unknown,
): Promise<{ readonly url: string; close(): void }> {
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    answer(request, response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
