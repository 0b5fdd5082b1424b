import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createLogoutClientFromEnv, type EnvironmentOptions } from './environment.ts'
import { listen, type Received } from './testing/loopback-server.ts'

const complete = {
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: 'canary-secret',
  AUTHING_APP_HOST: 'https://example.genauth.ai',
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'environment-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Returns the request that a client with this environment sends, to any host. */
async function sent(env: Record<string, string>, options: EnvironmentOptions = {}): Promise<Received & { to: string }> {
  let received: Received | undefined
  await using server = await listen((request, response) => {
    received = request
    response.end()
  })
  let to = ''
  const redirected: typeof fetch = (url, init) => {
    to = String(url)
    return fetch(server.origin, init)
  }
  await createLogoutClientFromEnv({ ...options, fetch: redirected }, env).revokeToken('token')
  return { ...(received as Received), to }
}

test('createLogoutClientFromEnv() reads id, secret and host, without surrounding white space', async () => {
  const padded = Object.fromEntries(Object.entries(complete).map(([name, value]) => [name, ` ${value}\r\n`]))
  const { to, body } = await sent(padded)
  expect(to).toBe('https://example.genauth.ai/oidc/token/revocation')
  expect(body).toBe('token=token&client_id=app&client_secret=canary-secret')
})

test('createLogoutClientFromEnv() reads protocol and client authentication', async () => {
  const { to, body, headers } = await sent({
    ...complete,
    AUTHING_APP_PROTOCOL: 'oauth',
    AUTHING_APP_CLIENT_AUTH: 'client_secret_basic',
  })
  expect(to).toBe('https://example.genauth.ai/oauth/token/revocation')
  expect(body).toBe('token=token')
  expect(headers.authorization).toBe(`Basic ${btoa('app:canary-secret')}`)
})

test('createLogoutClientFromEnv() reads the secret from a file', async () => {
  const file = join(folder, 'secret')
  await writeFile(file, 'from-a-file\n')
  const { body } = await sent({ ...complete, AUTHING_APP_SECRET: '', AUTHING_APP_SECRET_FILE: file })
  expect(body).toContain('client_secret=from-a-file')
})

test('createLogoutClientFromEnv() gives options precedence', async () => {
  const env = { ...complete, AUTHING_APP_SECRET_FILE: '/does/not/exist', AUTHING_APP_CLIENT_AUTH: 'none' }
  const endpoints = { revocation: 'https://id.example/revoke' }
  const { to, body } = await sent(env, { appId: 'x', appSecret: 'y', endpoints, clientAuth: 'client_secret_post' })
  expect(to).toBe(endpoints.revocation)
  expect(body).toBe('token=token&client_id=x&client_secret=y')
})

test('createLogoutClientFromEnv() reads the return addresses, preferring the one for the logout', () => {
  const uri = 'https://app.example/'
  const url = (env: Record<string, string>) =>
    createLogoutClientFromEnv({}, { ...complete, ...env }).buildLogoutUrl({ idToken: 'id', state: 's' }).searchParams
  expect(url({ AUTHING_APP_REDIRECT_URI: uri }).get('post_logout_redirect_uri')).toBe(uri)
  const both = { AUTHING_APP_REDIRECT_URI: uri, AUTHING_APP_LOGOUT_REDIRECT_URI: `${uri}bye` }
  expect(url(both).get('post_logout_redirect_uri')).toBe(`${uri}bye`)
})

test('createLogoutClientFromEnv() creates a public client if configured', async () => {
  const { body } = await sent({ ...complete, AUTHING_APP_SECRET: '', AUTHING_APP_CLIENT_AUTH: 'none' })
  expect(body).toBe('token=token&client_id=app')
})

test('createLogoutClientFromEnv() accepts an issuer instead of a host', async () => {
  const seen: string[] = []
  const issuer = 'https://id.example'
  const metadata = { issuer, revocation_endpoint: `${issuer}/revoke` }
  const answering: typeof fetch = async (url) => {
    seen.push(String(url))
    return Response.json(String(url).includes('well-known') ? metadata : {})
  }
  const env = { ...complete, AUTHING_APP_HOST: '', AUTHING_APP_ISSUER: issuer }
  await createLogoutClientFromEnv({ fetch: answering }, env).revokeToken('token')
  expect(seen).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/revoke`])
})

test('createLogoutClientFromEnv() reads process.env by default', () => {
  for (const [name, value] of Object.entries(complete)) vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  expect(() => createLogoutClientFromEnv()).not.toThrow()
  vi.stubEnv('AUTHING_APP_ID', undefined)
  expect(() => createLogoutClientFromEnv()).toThrow('AUTHING_APP_ID is not set')
})

test.each<[string, Record<string, string>, string]>([
  ['AUTHING_APP_ID', { AUTHING_APP_ID: '' }, 'AUTHING_APP_ID is not set'],
  ['AUTHING_APP_HOST', { AUTHING_APP_HOST: ' ' }, 'AUTHING_APP_HOST is not set'],
  ['AUTHING_APP_SECRET', { AUTHING_APP_SECRET: '' }, 'AUTHING_APP_SECRET is not set'],
  [
    'AUTHING_APP_SECRET, needed for the method that was set',
    { AUTHING_APP_SECRET: '', AUTHING_APP_CLIENT_AUTH: 'client_secret_basic' },
    'AUTHING_APP_SECRET is not set',
  ],
  ['one host too many', { AUTHING_APP_ISSUER: 'https://id.example' }, 'AUTHING_APP_HOST, AUTHING_APP_ISSUER'],
  ['one secret too many', { AUTHING_APP_SECRET_FILE: 'x' }, 'AUTHING_APP_SECRET and AUTHING_APP_SECRET_FILE'],
  [
    'a secret file that is not there',
    { AUTHING_APP_SECRET: '', AUTHING_APP_SECRET_FILE: '/does/not/exist' },
    'AUTHING_APP_SECRET_FILE names cannot be read: ENOENT',
  ],
  [
    'a secret file that is empty',
    { AUTHING_APP_SECRET: '', AUTHING_APP_SECRET_FILE: '/dev/null' },
    'AUTHING_APP_SECRET_FILE names a file that is empty',
  ],
  ['a client authentication that does not exist', { AUTHING_APP_CLIENT_AUTH: 'basic' }, "clientAuth 'basic'"],
  ['a host without https', { AUTHING_APP_HOST: 'http://example.genauth.ai' }, 'appHost must use https'],
])('createLogoutClientFromEnv() names %s, and shows no secret', (_what, change, message) => {
  let thrown: unknown
  try {
    createLogoutClientFromEnv({}, { ...complete, ...change })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ code: 'invalid_options', message: expect.stringContaining(message) })
  expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain('canary')
})

test.each<[string, Record<string, string>]>([
  ['host', {}],
  ['issuer', { AUTHING_APP_HOST: '', AUTHING_APP_ISSUER: 'https://id.example' }],
  ['endpoint', { AUTHING_APP_HOST: '', AUTHING_APP_REVOCATION_ENDPOINT: 'https://id.example/revoke' }],
])(
  'createLogoutClientFromEnv() refuses a wrong proxy for the %s at once, but only one that is used',
  (_what, place) => {
    const env = { ...complete, ...place, HTTPS_PROXY: 'socks5://user:canary@127.0.0.1:1' }
    expect(() => createLogoutClientFromEnv({}, env)).toThrow(
      'HTTPS_PROXY must be the http or https address of a proxy.',
    )
    expect(createLogoutClientFromEnv({}, { ...env, NO_PROXY: '*' }).appId).toBe('app')
    expect(createLogoutClientFromEnv({ proxy: false }, env).appId).toBe('app')
    expect(createLogoutClientFromEnv({ fetch }, env).appId).toBe('app')
  },
)
