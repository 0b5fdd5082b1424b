import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Certificates, makeCertificates } from '../../../packages/node/src/testing/certificates.ts'
import { run } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let own: Certificates
const files: Record<'ca' | 'cert' | 'key', string> = { ca: '', cert: '', key: '' }
beforeAll(async () => {
  own = await makeCertificates()
  files.ca = folder.file(own.ca)
  files.cert = folder.file(String(own.client.cert))
  files.key = folder.file(String(own.client.key))
})

/** A provider that answers success to everything, and the names of the certificates that clients have shown. */
async function startTls(
  options: https.ServerOptions,
  headers = {},
): Promise<{ env: Record<string, string>; shown: unknown[] }> {
  const shown: unknown[] = []
  const all = { ...own.server, ca: own.ca, requestCert: true, rejectUnauthorized: false, ...options }
  const server = https.createServer(all, ({ socket }, response) => {
    shown.push((socket as TLSSocket).getPeerCertificate().subject?.CN)
    response.writeHead(200, headers).end()
  })
  const host = `https://127.0.0.1:${await portOf(server)}`
  onTestFinished(() => server.closeAllConnections())
  return { env: { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'a secret', AUTHING_APP_HOST: host }, shown }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('--ca-file keeps the version of TLS and the client certificate of the environment', async () => {
  const { env, shown } = await startTls({})
  const pair = { AUTHING_APP_CERT_FILE: files.cert, AUTHING_APP_KEY_FILE: files.key }
  const args = ['revoke', '-', '--ca-file', files.ca]
  expect(await run(args, { env: { ...env, ...pair }, input: 'token-1' })).toMatchObject({ code: 0 })
  expect(shown).toEqual([expect.any(String)])
  const old = await startTls({ maxVersion: 'TLSv1.2' })
  const strict = { ...old.env, AUTHING_APP_TLS_MIN_VERSION: 'TLSv1.3' }
  expect(await run(args, { env: strict, input: 'token-1' })).toMatchObject({ code: 1 })
  expect(old.shown).toEqual([])
})

test.each([
  ['--cert-file', 'AUTHING_APP_KEY_FILE', () => [files.cert, files.key]],
  ['--key-file', 'AUTHING_APP_CERT_FILE', () => [files.key, files.cert]],
] as const)('%s goes with %s of the environment', async (option, variable, pair) => {
  const { env, shown } = await startTls({})
  const [given, other] = pair() as [string, string]
  const args = ['revoke', '-', '--ca-file', files.ca, option, given]
  const ended = await run(args, { env: { ...env, [variable]: other }, input: 'token-1' })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(shown).toEqual([expect.any(String)])
  expect(await run(args, { env, input: 'token-1' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('must be passed together, unless the environment names the other file'),
  })
})

test('--cert-file and --key-file keep the authorities of the environment, and replace its certificate', async () => {
  const { env, shown } = await startTls({})
  const missing = { AUTHING_APP_CERT_FILE: 'no/such/file', AUTHING_APP_KEY_FILE: 'no/such/file' }
  const args = ['revoke', '-', '--cert-file', files.cert, '--key-file', files.key]
  const ended = await run(args, { env: { ...env, ...missing, AUTHING_APP_CA_FILE: files.ca }, input: 'token-1' })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(shown).toEqual([expect.any(String)])
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'the doctor names the certificate of a resumed connection: %s',
  async (version) => {
    const { env } = await startTls({ maxVersion: version }, { connection: 'close' })
    const { stdout } = await run(['doctor', '--ca-file', files.ca], { env })
    expect(stdout).toMatch(
      new RegExp(`connection .*${version}, certificate of (?!no name).* valid for [0-9]+ more days`),
    )
  },
)

/** A provider that only counts requests. */
async function startCounter(): Promise<{ env: Record<string, string>; sent: () => number }> {
  let sent = 0
  const server = http.createServer((_request, response) => {
    sent++
    response.end()
  })
  const host = `http://127.0.0.1:${await portOf(server)}`
  return { env: { AUTHING_APP_ID: 'app', AUTHING_APP_HOST: host }, sent: () => sent }
}

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' })
const signing = (key: string): Record<string, string> => ({ AUTHING_APP_PRIVATE_KEY_FILE: folder.file(key) })
const MANY = Array.from({ length: 30 }, (_, at) => `token-${at}`).join('\n')

const WRONG: [string, () => Record<string, string>, string][] = [
  ['proxy', () => ({ AUTHING_APP_SECRET: 'a', HTTP_PROXY: 'socks5://127.0.0.1:1' }), 'HTTP_PROXY must be'],
  ['private key', () => signing('garbage'), 'AUTHING_APP_PRIVATE_KEY_FILE must be a PEM'],
  ['private key in a JWK', () => signing('{"kty":"EC"}'), 'AUTHING_APP_PRIVATE_KEY_FILE '],
  ['algorithm', () => ({ ...signing(String(PEM)), AUTHING_APP_PRIVATE_KEY_ALG: 'x' }), 'AUTHING_APP_PRIVATE_KEY_ALG'],
  [
    'secret, too short to sign',
    () => ({ AUTHING_APP_SECRET: 'short', AUTHING_APP_CLIENT_AUTH: 'client_secret_jwt' }),
    'AUTHING_APP_SECRET has 5 bytes',
  ],
  [
    'audience, which endpoints need',
    () => ({ ...signing(String(PEM)), AUTHING_APP_HOST: '', AUTHING_APP_REVOCATION_ENDPOINT: 'http://127.0.0.1:1/' }),
    'AUTHING_APP_ASSERTION_AUDIENCE is required',
  ],
]

test.each(WRONG)('a wrong %s is named before anything is opened or sent', async (_what, settings, message) => {
  const { env, sent } = await startCounter()
  const output = folder.fresh()
  for (const args of [
    ['revoke', '-', '-o', output],
    ['introspect', '-', '-o', output],
    ['outbox', 'work'],
  ]) {
    const ended = await run(args, { env: { ...env, ...settings() }, input: MANY })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(message)
    expect(ended.stderr.trim().split('\n')).toHaveLength(1)
  }
  expect({ sent: sent(), written: existsSync(output) }).toEqual({ sent: 0, written: false })
  expect(await run(['doctor'], { env: { ...env, ...settings() } })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ settings/),
  })
})

test.each([
  ['http', 'AUTHING_APP_HOST', {}],
  ['an issuer', 'AUTHING_APP_ISSUER', { AUTHING_APP_HOST: '' }],
])('a private key that can sign passes: %s', async (_what, name, changed) => {
  const { env, sent } = await startCounter()
  const settings = { ...env, ...changed, [name]: String(env.AUTHING_APP_HOST), ...signing(String(PEM)) }
  const { code } = await run(['revoke', '-'], { env: settings, input: 'token-1' })
  expect(code).toBe(name === 'AUTHING_APP_HOST' ? 0 : 3)
  expect(sent()).toBeGreaterThan(0)
})

test.each([
  ['a BOM', '\ufeff{"app":{"secret":"a secret"}}', 0, ''],
  [
    'a method without its key',
    '{"app":{"secret":"canary","clientAuth":"private_key_jwt"}}',
    2,
    '"clientAuth" must be one of',
  ],
  [
    'a secret too short to sign',
    '{"b":{"clientAuth":"none"},"app":{"secret":"canary","clientAuth":"client_secret_jwt"}}',
    2,
    'Client 2 of the file of --clients: AUTHING_APP_SECRET has 6 bytes',
  ],
])('a file of --clients with %s ends with its own exit code and message', async (_what, clients, code, message) => {
  const { env, sent } = await startCounter()
  const args = ['revoke', folder.file('token,c\ntoken-1,app\n'), '--column', 'token', '--client-column', 'c']
  const ended = await run([...args, '--clients', folder.file(clients)], { env })
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(message) })
  expect(ended.stderr).not.toContain('canary')
  expect(sent()).toBe(code === 0 ? 1 : 0)
})

/** A provider that answers every introspection with these members. */
async function startEcho(members: (body: string) => object): Promise<Record<string, string>> {
  const server = http.createServer(async (request, response) => {
    response.end(JSON.stringify({ active: true, ...members(await text(request)), seen: request.headers }))
  })
  return {
    AUTHING_APP_ID: 'app',
    AUTHING_APP_SECRET: 'canary-secret',
    AUTHING_APP_HOST: `http://127.0.0.1:${await portOf(server)}`,
  }
}

test.each([['-'], ['--json']])(
  'introspect masks the token and the secret that a provider echoes: %j',
  async (...args) => {
    const echo = (body: string): object => ({ body, b64: btoa(body), tenant: 'acme', sub: 'u-1' })
    const { code, stdout, stderr } = await run(['introspect', ...args], {
      env: await startEcho(echo),
      input: 'canary-token',
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/tenant.*acme/)
    expect(stdout).toContain('token=[masked]&client_id=app&client_secret=[masked]')
    expect(stdout).not.toContain('canary')
    expect(stdout).toMatch(/b64\W+\[masked\]/)
  },
)

test('--form writes values that a browser posts unchanged, and refuses those that HTML cannot contain', async () => {
  const value = 'é"<>&\'`\u2028\u202e\n\t\u{e0041}'
  const env = { ...(await startCounter()).env, AUTHING_APP_SECRET: 'a' }
  const { code, stdout } = await run(['logout-url', '--form', '--parameter', `x=${value}`], { env })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^[\n\x20-\x7e]*$/)
  const written = /name="x" value="([^"]*)"/.exec(stdout)?.[1] ?? ''
  expect(written.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(value)
  const refused = await run(['logout-url', '--form', '--parameter', 'x=a\u0085'], { env })
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Use --json with --form') })
})

test('logout-url takes no secret as a parameter', async () => {
  for (const parameter of ['client_secret=canary-1', 'id_token_hint=canary-1', 'access_token=canary-1']) {
    const ended = await run(['logout-url', '--parameter', parameter], { env: (await startCounter()).env })
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('must not be a token or a secret'),
    })
    expect(ended.stderr).not.toContain('canary')
  }
})

test('AUTHING_APP_CONNECTIONS limits the connections whatever --concurrency is', async () => {
  const sockets = new Set<unknown>()
  const server = http.createServer(async ({ socket }, response) => {
    sockets.add(socket)
    await setTimeout(20)
    response.end()
  })
  const host = `http://127.0.0.1:${await portOf(server)}`
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'a secret', AUTHING_APP_HOST: host }
  const input = Array.from({ length: 20 }, (_, at) => `token-${at}`).join('\n')
  const args = ['revoke', '--concurrency', '8']
  const limited = { ...env, AUTHING_APP_CONNECTIONS: '2' }
  expect(await run(args, { env: limited, input })).toMatchObject({ code: 0 })
  expect(sockets.size).toBe(2)
  sockets.clear()
  expect(await run(args, { env, input })).toMatchObject({ code: 0 })
  expect(sockets.size).toBeGreaterThan(2)
})

test.each([
  ['--secret-file', 'The file of --secret-file is not text in UTF-8.'],
  ['AUTHING_APP_SECRET_FILE', 'The file of AUTHING_APP_SECRET_FILE is not text in UTF-8.'],
])('a secret in another encoding is refused before anything is sent: %s', async (where, message) => {
  const { env } = await startTls({})
  const { AUTHING_APP_SECRET: _, ...others } = env
  const file = folder.file(Buffer.from('the-secret', 'utf16le').toString('latin1'))
  const args = where.startsWith('--') ? [where, file] : []
  const given = where.startsWith('--') ? others : { ...others, [where]: file }
  const { code, stdout, stderr } = await run(['revoke', '-', ...args], { env: given, input: 'token-1' })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})
