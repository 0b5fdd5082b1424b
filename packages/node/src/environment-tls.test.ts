import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogoutClientFromEnv, type NodeTlsOptions } from './index.ts'
import { type Certificates, makeCertificates } from './testing/certificates.ts'
import { listen } from './testing/loopback-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-environment-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
let own: Certificates
const files = Object.fromEntries(['ca', 'cert', 'key', 'pfx'].map((name) => [name, join(folder, name)])) as Record<
  'ca' | 'cert' | 'key' | 'pfx',
  string
>
beforeAll(async () => {
  own = await makeCertificates()
  writeFileSync(files.ca, own.ca)
  writeFileSync(files.cert, String(own.client.cert))
  writeFileSync(files.key, String(own.client.key))
  const pair = ['-inkey', files.key, '-in', files.cert]
  execFileSync('openssl', ['pkcs12', '-export', ...pair, '-out', files.pfx, '-passout', 'pass:canary'])
})

/** The connection that a provider sees from a client with these variables. */
async function seen(env: Record<string, string>): Promise<{ protocol: string | null; name: unknown }> {
  const connections: { protocol: string | null; name: unknown }[] = []
  const server = { ...own.server, ca: own.ca, requestCert: true, rejectUnauthorized: false }
  await using provider = await listen(({ message }, response) => {
    const socket = message.socket as TLSSocket
    connections.push({ protocol: socket.getProtocol(), name: socket.getPeerCertificate().subject?.CN })
    response.end()
  }, server)
  const base = { AUTHING_APP_ID: 'app', AUTHING_APP_CLIENT_AUTH: 'none', AUTHING_APP_HOST: provider.origin }
  await using client = createLogoutClientFromEnv({ retries: 0 }, { ...base, AUTHING_APP_CA_FILE: files.ca, ...env })
  await client.revokeToken('a token')
  return connections[0] as (typeof connections)[0]
}

test('a certificate in PKCS #12 is shown to the provider', async () => {
  const { name: plain } = await seen({})
  const pem = await seen({ AUTHING_APP_CERT_FILE: files.cert, AUTHING_APP_KEY_FILE: files.key })
  const pfx = await seen({ AUTHING_APP_PFX_FILE: files.pfx, AUTHING_APP_KEY_PASSPHRASE: 'canary' })
  expect(plain).toBeUndefined()
  expect(pem.name).toBeTruthy()
  expect(pfx.name).toBe(pem.name)
})

test('a certificate in PKCS #12 also requires no secret', () => {
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_HOST: 'https://example.genauth.ai', AUTHING_APP_PFX_FILE: files.pfx }
  expect(createLogoutClientFromEnv({}, { ...env, AUTHING_APP_KEY_PASSPHRASE: 'canary' }).appId).toBe('app')
  expect(() => createLogoutClientFromEnv({}, { ...env, AUTHING_APP_PFX_FILE: '' })).toThrow('AUTHING_APP_SECRET')
})

test('the name in the certificate can differ from the host', async () => {
  await expect(seen({ AUTHING_APP_TLS_SERVERNAME: 'other.example' })).rejects.toThrow('certificate is for another name')
  expect(await seen({ AUTHING_APP_TLS_SERVERNAME: 'provider.example' })).toBeDefined()
})

test.each(['TLSv1.2', 'TLSv1.3'])('the minimum TLS version can be %s', async (version) => {
  const server = { ...own.server, maxVersion: 'TLSv1.2' as const }
  await using provider = await listen((_request, response) => response.end(), server)
  const base = { AUTHING_APP_ID: 'app', AUTHING_APP_CLIENT_AUTH: 'none', AUTHING_APP_HOST: provider.origin }
  const env = { ...base, AUTHING_APP_CA_FILE: files.ca, AUTHING_APP_TLS_MIN_VERSION: version }
  await using client = createLogoutClientFromEnv({ retries: 0 }, env)
  const revoked = client.revokeToken('a token').then(
    () => true,
    ({ code }) => code,
  )
  expect(await revoked).toBe(version === 'TLSv1.2' ? true : 'network')
})

test.each([
  [{ AUTHING_APP_TLS_MIN_VERSION: 'TLSv1.1' }, /tls\.minVersion must be/],
  [{ AUTHING_APP_PFX_FILE: 'no/such/file' }, /AUTHING_APP_PFX_FILE names cannot be read: ENOENT/],
  [{ AUTHING_APP_PFX_FILE: files.pfx, AUTHING_APP_KEY_PASSPHRASE: 'wrong' }, /tls cannot be used/],
  [
    { AUTHING_APP_PFX_FILE: files.pfx, AUTHING_APP_CERT_FILE: files.cert, AUTHING_APP_KEY_FILE: files.key },
    /only one of AUTHING_APP_CERT_FILE and AUTHING_APP_PFX_FILE/,
  ],
])('%o is refused', (env, message) => {
  const base = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'a', AUTHING_APP_HOST: 'https://example.genauth.ai' }
  expect(() => createLogoutClientFromEnv({}, { ...base, ...env })).toThrow(message)
})

const complete = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'a', AUTHING_APP_HOST: 'https://example.genauth.ai' }

test('options take precedence', () => {
  const wrong = { ...complete, AUTHING_APP_TLS_MIN_VERSION: 'TLSv1.1', AUTHING_APP_CA_FILE: 'no/such/file' }
  expect(createLogoutClientFromEnv({ tls: { ca: own.ca, minVersion: 'TLSv1.3' } }, wrong).appId).toBe('app')
})

test.each<[string, (own: Certificates) => NodeTlsOptions, Record<string, string>, string]>([
  ['an authority', ({ ca }) => ({ ca }), { AUTHING_APP_TLS_MIN_VERSION: 'TLSv1.1' }, 'tls.minVersion must be'],
  [
    'a version',
    () => ({ minVersion: 'TLSv1.3' }),
    { AUTHING_APP_CA_FILE: 'no/such/file' },
    'AUTHING_APP_CA_FILE names',
  ],
  ['an authority', ({ ca }) => ({ ca }), { AUTHING_APP_CERT_FILE: 'x' }, 'AUTHING_APP_CERT_FILE names'],
])('%s as an option overrides only its own variable', (_what, tls, env, message) => {
  expect(() => createLogoutClientFromEnv({ tls: tls(own) }, { ...complete, ...env })).toThrow(message)
})

test('a certificate as an option overrides the one of the environment, in any form', () => {
  const { cert, key } = own.client
  const env = { AUTHING_APP_PFX_FILE: 'no/such/file', AUTHING_APP_CERT_FILE: 'x', AUTHING_APP_KEY_FILE: 'x' }
  const tls = { cert: String(cert), key: String(key) }
  expect(createLogoutClientFromEnv({ tls }, { ...complete, ...env, AUTHING_APP_SECRET: '' }).appId).toBe('app')
})

test('the passphrase of the environment is for a key as an option too', () => {
  const pfx = readFileSync(files.pfx)
  const create = (passphrase: string) =>
    createLogoutClientFromEnv({ tls: { pfx } }, { ...complete, AUTHING_APP_KEY_PASSPHRASE: passphrase })
  expect(create('canary').appId).toBe('app')
  expect(() => create('wrong')).toThrow('tls cannot be used')
})

test('options of tls that are not an object are refused', () => {
  expect(() => createLogoutClientFromEnv({ tls: 'x' as never }, complete)).toThrow('tls must be an object')
})
