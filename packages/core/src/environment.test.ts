import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { environmentValue, optionsFromEnvironment, tlsFromEnvironment } from './environment.ts'
import { ENVIRONMENT_VARIABLES } from './environment-variables.ts'

const complete: Record<string, string> = {
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: 'canary-secret',
  AUTHING_APP_HOST: 'https://example.genauth.ai',
}
const from = (env: Record<string, string>) => ({ read: (name: string) => env[name] })

test('optionsFromEnvironment() fills in missing values; options take precedence', () => {
  expect(optionsFromEnvironment(from({ ...complete, AUTHING_APP_ID: ' app\n' }))).toMatchObject({
    appId: 'app',
    appSecret: 'canary-secret',
    appHost: 'https://example.genauth.ai',
  })
  const endpoints = { revocation: 'https://id.example.com/revoke' }
  const options = optionsFromEnvironment(from(complete), { appId: 'x', endpoints, retries: 0 })
  expect(options).toMatchObject({ appId: 'x', appSecret: 'canary-secret', endpoints, retries: 0 })
  expect(() => createLogoutClient(options)).not.toThrow()
})

test('optionsFromEnvironment() reads only the variables that it names', () => {
  const asked = new Set<string>()
  const read = (name: string): string | undefined => {
    asked.add(name)
    if (name === 'AUTHING_APP_HOST') return undefined
    if (name === 'AUTHING_APP_ISSUER') return 'https://id.example.com'
    return name.endsWith('_FILE') ? 'a file' : name === 'AUTHING_APP_SECRET' ? undefined : complete[name]
  }
  const source = { read, readFile: () => 'from a file\n' }
  expect(optionsFromEnvironment(source).appSecret).toBe('from a file')
  expect(tlsFromEnvironment(source)).toEqual({ ca: 'from a file', cert: 'from a file', key: 'from a file' })
  // Variables of only one runtime are read by its package.
  for (const [name, { only }] of Object.entries(ENVIRONMENT_VARIABLES)) {
    if (only) environmentValue(source, name)
  }
  expect([...asked].sort()).toEqual(Object.keys(ENVIRONMENT_VARIABLES).sort())
})

test('only the packages that can read files do so', () => {
  const env = { ...complete, AUTHING_APP_SECRET: '', AUTHING_APP_SECRET_FILE: 'a file' }
  expect(() => optionsFromEnvironment(from(env))).toThrow('AUTHING_APP_SECRET is not set')
  expect(() => optionsFromEnvironment({ ...from(env), readFile: () => ' ' })).toThrow(
    'AUTHING_APP_SECRET_FILE names a file that is empty',
  )
})

test.each([
  ['UTF-16', Buffer.from('\ufeffcanary-secret', 'utf16le')],
  ['UTF-16 without a mark', Buffer.from('canary-secret', 'utf16le')],
  ['Latin-1', Buffer.from('canary-schlüssel', 'latin1')],
  ['PEM in UTF-16', Buffer.from('-----BEGIN PRIVATE KEY-----', 'utf16le')],
])('a file in %s is refused by the name of its variable', (_what, bytes) => {
  for (const name of Object.keys(ENVIRONMENT_VARIABLES)) {
    if (ENVIRONMENT_VARIABLES[name]?.reading !== 'file') continue
    const source = { read: () => 'a file', readFile: () => bytes.toString() }
    const message = `${name} names a file that is not text in UTF-8.`
    expect(() => environmentValue(source, name)).toThrow(expect.objectContaining({ code: 'invalid_options', message }))
  }
})

test('a file in UTF-8 may have a mark, and PEM attributes in another encoding', () => {
  const value = (bytes: Buffer) =>
    environmentValue({ read: () => 'a file', readFile: () => bytes.toString() }, 'AUTHING_APP_KEY_FILE')
  expect(value(Buffer.from('\ufeffschlüssel\r\n'))).toBe('schlüssel')
  expect(value(Buffer.from('friendlyName: José\n-----BEGIN PRIVATE KEY-----', 'latin1'))).toMatch(
    /BEGIN PRIVATE KEY-----$/,
  )
})

test.each<[string, Record<string, string>]>([
  ['AUTHING_APP_ID is not set', { AUTHING_APP_ID: '' }],
  ['AUTHING_APP_HOST is not set', { AUTHING_APP_HOST: ' ' }],
  ['AUTHING_APP_SECRET is not set', { AUTHING_APP_SECRET: '' }],
  ['AUTHING_APP_SECRET is not set', { AUTHING_APP_SECRET: '', AUTHING_APP_CLIENT_AUTH: 'client_secret_basic' }],
  ['only one of AUTHING_APP_HOST, AUTHING_APP_ISSUER', { AUTHING_APP_ISSUER: 'https://id.example.com' }],
  ['only one of AUTHING_APP_HOST, AUTHING_APP_ISSUER', { AUTHING_APP_REVOCATION_ENDPOINT: 'https://id.example.com/' }],
  ['AUTHING_APP_ALLOW_INSECURE_HTTP must be true or false', { AUTHING_APP_ALLOW_INSECURE_HTTP: 'yes' }],
  ['AUTHING_APP_ALREADY_INVALID_ERRORS is not a JSON array', { AUTHING_APP_ALREADY_INVALID_ERRORS: '["a"' }],
  ['AUTHING_APP_RETRIES must be a whole number', { AUTHING_APP_RETRIES: '-1' }],
  ['AUTHING_APP_TIMEOUT_MS must be a whole number', { AUTHING_APP_TIMEOUT_MS: '5s' }],
  ['AUTHING_APP_HEADERS is not a JSON object', { AUTHING_APP_HEADERS: 'X-Tenant-Id: 7' }],
  ['AUTHING_APP_HEADERS is not a JSON object', { AUTHING_APP_HEADERS: '["X-Tenant-Id"]' }],
  ['AUTHING_APP_PRIVATE_KEY_FILE is not set', { AUTHING_APP_CLIENT_AUTH: 'private_key_jwt' }],
])('optionsFromEnvironment() reports %s', (message, change) => {
  expect(() => optionsFromEnvironment(from({ ...complete, ...change }))).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
  )
})

test('neither a public client nor a certificate requires a secret', () => {
  const env = { ...complete, AUTHING_APP_SECRET: '' }
  expect(optionsFromEnvironment(from({ ...env, AUTHING_APP_CLIENT_AUTH: 'none' })).clientAuth).toBe('none')
  expect(optionsFromEnvironment({ ...from(env), hasCertificate: true }).appSecret).toBeUndefined()
})

test('endpointHosts comes from the environment, but only with an issuer', () => {
  const env = { ...complete, AUTHING_APP_ENDPOINT_HOSTS: 'a.example.com, b.example.com:8443' }
  const issuer = 'https://id.example.com'
  const pinned = { issuer, endpointHosts: ['a.example.com', 'b.example.com:8443'] }
  expect(optionsFromEnvironment(from({ ...env, AUTHING_APP_HOST: '', AUTHING_APP_ISSUER: issuer }))).toMatchObject(
    pinned,
  )
  expect(optionsFromEnvironment(from(env), { issuer })).toMatchObject(pinned)
  expect(optionsFromEnvironment(from(env), { issuer, endpointHosts: [] })).toMatchObject({ endpointHosts: [] })
  expect(optionsFromEnvironment(from(env))).not.toHaveProperty('endpointHosts')
  expect(() => createLogoutClient(optionsFromEnvironment(from(env), { issuer }))).not.toThrow()
})

test('the endpoints, http to a named host and additional responses come from the environment', () => {
  const env = {
    AUTHING_APP_ID: 'app',
    AUTHING_APP_CLIENT_AUTH: 'none',
    AUTHING_APP_REVOCATION_ENDPOINT: 'http://id.internal/revoke',
    AUTHING_APP_END_SESSION_ENDPOINT: 'http://id.internal/end',
    AUTHING_APP_ALLOW_INSECURE_HTTP: 'true',
    AUTHING_APP_ALREADY_INVALID_ERRORS: 'invalid_grant, Invalid token',
  }
  const options = optionsFromEnvironment(from(env))
  expect(options).toMatchObject({
    endpoints: { revocation: 'http://id.internal/revoke', endSession: 'http://id.internal/end' },
    allowInsecureHttp: true,
    alreadyInvalidErrors: ['invalid_grant', 'Invalid token'],
  })
  expect(createLogoutClient(options).buildLogoutUrl().host).toBe('id.internal')
  const json = { ...env, AUTHING_APP_ALREADY_INVALID_ERRORS: '["gone, or never there"]' }
  expect(optionsFromEnvironment(from(json)).alreadyInvalidErrors).toEqual(['gone, or never there'])
  expect(() =>
    createLogoutClient(optionsFromEnvironment(from({ ...env, AUTHING_APP_ALLOW_INSECURE_HTTP: 'false' }))),
  ).toThrow('must use https')
})

test('the address of the metadata comes from the environment, together with an issuer', () => {
  const env = { ...complete, AUTHING_APP_HOST: '', AUTHING_APP_METADATA_URL: 'https://id.example.com/policy' }
  const issuer = 'https://id.example.com'
  expect(optionsFromEnvironment(from({ ...env, AUTHING_APP_ISSUER: issuer }))).toMatchObject({
    issuer,
    metadataUrl: 'https://id.example.com/policy',
  })
  expect(optionsFromEnvironment(from(env), { appHost: issuer })).not.toHaveProperty('metadataUrl')
})

test('a private key in a file signs assertions, and requires no secret', async () => {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', privateKey))
  const env = {
    ...complete,
    AUTHING_APP_SECRET: '',
    AUTHING_APP_PRIVATE_KEY_FILE: 'key.json',
    AUTHING_APP_PRIVATE_KEY_ID: 'key-1',
    AUTHING_APP_ASSERTION_AUDIENCE: 'https://id.example.com/token',
  }
  const context = { appId: 'app', endpoint: 'revocation', url: 'https://x/', issuer: undefined, attempt: 1 } as const
  const { clientAuth } = optionsFromEnvironment({ ...from(env), readFile: () => `${jwk}\n` })
  if (typeof clientAuth !== 'function') throw new Error('no function')
  const { body } = await clientAuth(context)
  const [header, claims] = String(body?.client_assertion)
    .split('.', 2)
    .map((part) => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))))
  expect([header.alg, header.kid, claims.aud]).toEqual(['ES256', 'key-1', 'https://id.example.com/token'])

  const broken = optionsFromEnvironment({ ...from(env), readFile: () => '{"d":"canary-key"' })
  const error = await createLogoutClient(broken)
    .revokeToken('a token')
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invalid_options', message: expect.not.stringContaining('canary') })
  expect(() =>
    optionsFromEnvironment({ ...from({ ...env, AUTHING_APP_CLIENT_AUTH: 'none' }), readFile: () => jwk }),
  ).toThrow('AUTHING_APP_PRIVATE_KEY_FILE is for')
})

test('limits and headers come from the environment', () => {
  const options = optionsFromEnvironment(
    from({
      ...complete,
      AUTHING_APP_TIMEOUT_MS: '2000',
      AUTHING_APP_DEADLINE_MS: '9000',
      AUTHING_APP_LOGOUT_DEADLINE_MS: '3000',
      AUTHING_APP_RETRIES: '0',
      AUTHING_APP_HEADERS: '{"X-Tenant-Id":"7"}',
    }),
    { retries: 1 },
  )
  expect(options).toMatchObject({
    timeoutMs: 2_000,
    deadlineMs: 9_000,
    logoutDeadlineMs: 3_000,
    retries: 1,
    headers: { 'X-Tenant-Id': '7' },
  })
  expect(() => createLogoutClient(options)).not.toThrow()
})

test('assertions signed with the secret, with all of their options, come from the environment', async () => {
  const secret = 'a secret that is at least 32 bytes long'
  const { clientAuth, appSecret } = optionsFromEnvironment(
    from({
      ...complete,
      AUTHING_APP_SECRET: secret,
      AUTHING_APP_CLIENT_AUTH: 'client_secret_jwt',
      AUTHING_APP_ASSERTION_AUDIENCE: 'https://id.example.com',
      AUTHING_APP_ASSERTION_LIFETIME_SECONDS: '120',
      AUTHING_APP_ASSERTION_NOT_BEFORE: 'true',
      AUTHING_APP_ASSERTION_TYP: 'JWT',
    }),
  )
  expect(appSecret).toBeUndefined()
  if (typeof clientAuth !== 'function') throw new Error('no function')
  const context = { appId: 'app', endpoint: 'revocation', url: 'https://x/', issuer: undefined, attempt: 1 } as const
  const { body } = await clientAuth(context)
  const [header, claims] = String(body?.client_assertion)
    .split('.', 2)
    .map((part) => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))))
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(claims).toMatchObject({ aud: 'https://id.example.com', nbf: claims.iat, exp: claims.iat + 120 })
})

test('a certificate and its key come together', () => {
  const source = { ...from({ AUTHING_APP_CERT_FILE: 'cert.pem' }), readFile: () => 'PEM' }
  expect(() => tlsFromEnvironment(source)).toThrow('AUTHING_APP_CERT_FILE and AUTHING_APP_KEY_FILE together')
  expect(tlsFromEnvironment(from({ AUTHING_APP_CERT_FILE: 'cert.pem' }))).toBeUndefined()
})
