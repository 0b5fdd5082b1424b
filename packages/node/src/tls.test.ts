import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogoutClient, type NodeTlsOptions } from './index.ts'
import { type Certificates, makeCertificates } from './testing/certificates.ts'
import { startProxy } from './testing/connect-proxy.ts'
import { type Answer, listen } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

const app = { appId: 'app', appSecret: 'canary-secret', retries: 0 }
const ok: Answer = (_request, response) => response.end()

let own: Certificates
let foreign: Certificates
let folder: string
let caFile: string
beforeAll(async () => {
  ;[own, foreign] = await Promise.all([makeCertificates(), makeCertificates('another authority')])
  folder = await mkdtemp(join(tmpdir(), 'backend-logout-tls-'))
  caFile = join(folder, 'ca.pem')
  await writeFile(caFile, own.ca)
})
afterAll(() => rm(folder, { recursive: true }))

describe('createLogoutClient({ tls })', () => {
  test.each([
    ['text', () => own.ca],
    ['bytes', () => new TextEncoder().encode(own.ca)],
    ['several', () => [foreign.ca, Buffer.from(own.ca)]],
  ])('trusts a custom authority, given as %s', async (_form, ca) => {
    await using server = await listen(ok, own.server)
    await using client = createLogoutClient({ ...app, appHost: server.origin, tls: { ca: ca() } })
    for (let call = 0; call < 3; call++) expect(await client.revokeToken(`token-${call}`)).toBe(true)
    expect(server.connections).toBe(1)
  })

  test.each<[string, () => NodeTlsOptions]>([
    ['no authority', () => ({})],
    ['another authority', () => ({ ca: foreign.ca })],
  ])('names the certificate as the problem with %s', async (_what, tls) => {
    let requests = 0
    await using server = await listen((_request, response) => {
      requests++
      response.end()
    }, own.server)
    await using client = createLogoutClient({ ...app, appHost: server.origin, tls: tls() })
    await expect(client.revokeToken('canary-token')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/certificate.*\(\w+\).*pass that as tls\.ca/),
    })
    expect(requests).toBe(0)
  })

  test('refuses a certificate for another name, and accepts it for the configured name', async () => {
    await using server = await listen(ok, own.server)
    const named = (servername: string) =>
      createLogoutClient({ ...app, appHost: server.origin, tls: { ca: own.ca, servername } })
    await using wrong = named('other.example')
    await expect(wrong.revokeToken('token-1')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('certificate is for another name'),
    })
    await using right = named('provider.example')
    expect(await right.revokeToken('token-1')).toBe(true)
  })

  test('presents its certificate to a provider that requires one', async () => {
    const names: unknown[] = []
    await using server = await listen(
      ({ message }, response) => {
        names.push((message.socket as TLSSocket).getPeerCertificate().subject?.CN)
        response.end()
      },
      { ...own.server, ca: own.ca, requestCert: true, rejectUnauthorized: true },
    )
    const { cert, key } = own.client
    await using client = createLogoutClient({ ...app, appHost: server.origin, tls: { ca: own.ca, cert, key } })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(names).toEqual(['a client'])

    expect(server.connections).toBe(1)
  })

  test('suggests what is missing to a provider that closes the connection', async () => {
    // In TLS 1.3, such a server only disconnects.
    const picky = { ...own.server, ca: own.ca, requestCert: true, maxVersion: 'TLSv1.2' } as const
    await using server = await listen(ok, picky)
    await using client = createLogoutClient({ ...app, appHost: server.origin, tls: { ca: own.ca } })
    await expect(client.revokeToken('token-1')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('may ask for a client certificate; pass it as tls.cert'),
    })
  })

  test('authenticates by its certificate at the endpoints for mutual TLS', async () => {
    const seen: string[] = []
    await using server = await listen(
      ({ url = '', body }, response) => {
        seen.push(`${url} ${body}`)
        const issuer = `https://127.0.0.1:${server.port}`
        const metadata = {
          issuer,
          revocation_endpoint: `${issuer}/revoke`,
          revocation_endpoint_auth_methods_supported: ['tls_client_auth', 'client_secret_basic'],
          mtls_endpoint_aliases: { revocation_endpoint: `${issuer}/mtls/revoke` },
        }
        response.end(url.includes('well-known') ? JSON.stringify(metadata) : '')
      },
      { ...own.server, ca: own.ca, requestCert: true },
    )
    const { cert, key } = own.client
    const { appId } = app
    await using client = createLogoutClient({ appId, issuer: server.origin, tls: { ca: own.ca, cert, key } })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(seen.at(-1)).toBe('/mtls/revoke token=token-1&client_id=app')
  })

  test('uses TLS 1.2 or later, whatever the defaults of the process', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await using server = await listen(ok, { ...own.server, ...old })
    await using current = await listen(ok, own.server)
    await using proxy = await startProxy({ tls: { ...own.server, ...old } })
    const { output, errors } = await runProgram(
      `
      import tls from 'node:tls'
      tls.DEFAULT_MIN_VERSION = 'TLSv1'
      tls.DEFAULT_CIPHERS = 'DEFAULT@SECLEVEL=0'
      const ca = ${JSON.stringify(own.ca)}
      // The server does answer to whoever lets it.
      const socket = tls.connect({ port: ${server.port}, host: '127.0.0.1', ca })
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
      console.log(socket.getProtocol())
      socket.destroy()
      const options = { appId: 'app', appSecret: 'secret', retries: 0 }
      for (const more of [
        { appHost: '${server.origin}', tls: { ca } },
        { appHost: '${server.origin}', tls: { ca, minVersion: 'TLSv1.3' } },
        { appHost: '${server.origin}' },
        { appHost: '${current.origin}', tls: { ca }, proxy: '${proxy.origin}' },
      ]) {
        const error = await node.createLogoutClient({ ...options, ...more }).revokeToken('token-1').catch((e) => e)
        console.log(error.code, /alert protocol version|unsupported protocol|wrong version/.test(error.message) || error.message)
      }`,
      { env: { NODE_EXTRA_CA_CERTS: caFile } },
    )
    expect({ output, errors }).toEqual({ output: `TLSv1.1\n${'network true\n'.repeat(4)}`, errors: '' })
  })

  test.each<[string, () => NodeTlsOptions, string]>([
    ['the name of a file', () => ({ ca: '/etc/ssl/canary.pem' }), 'tls.ca must be PEM text'],
    ['a certificate without its key', () => ({ cert: own.client.cert }), 'must be set together'],
    ['the key of another certificate', () => ({ ...own.client, key: foreign.client.key }), 'tls cannot be used'],
    ['a broken key', () => ({ ...own.client, key: '-----BEGIN PRIVATE KEY-----\ncanary' }), 'tls cannot be used'],
    ['an empty name', () => ({ servername: '' }), 'tls.servername'],
    ...['TLSv1', 'TLSv1.1', 'SSLv3', 'TLSv9', 'tlsv1.2', '', null, ['TLSv1.1'], 1].map(
      (version): [string, () => NodeTlsOptions, string] => [
        `the version ${JSON.stringify(version)}`,
        () => ({ minVersion: version as never }),
        "tls.minVersion must be 'TLSv1.2' or 'TLSv1.3'",
      ],
    ),
    ...Object.entries({
      secureProtocol: 'TLSv1_method',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      secureOptions: 0,
      sigalgs: 'RSA+SHA1',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      secureContext: {},
      ALPNProtocols: ['canary'],
    }).map(([name, value]): [string, () => NodeTlsOptions, string] => [
      `the option ${name}`,
      () => ({ [name]: value }) as NodeTlsOptions,
      `tls.${name} is not an option here: `,
    ]),
    ['a passphrase that is not a string', () => ({ ...own.client, passphrase: ['canary'] as never }), 'tls.passphrase'],
    ['PKCS #12 that is not bytes', () => ({ pfx: 'canary' as never }), 'tls.pfx'],
    ['text as PKCS #12', () => ({ pfx: Buffer.from('canary') }), 'tls cannot be used'],
  ])('refuses %s', (_what, tls, message) => {
    let thrown: unknown
    try {
      createLogoutClient({ ...app, appHost: 'https://example.genauth.ai', tls: tls() })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'invalid_options', message: expect.stringContaining(message) })
    expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain('canary')
  })
})
