import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createLogoutClient, type NodeTlsOptions } from './index.ts'
import { type Certificates, makeCertificates } from './testing/certificates.ts'
import { startProxy } from './testing/connect-proxy.ts'
import { type Answer, listen } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

const app = { appId: 'app', appSecret: 'canary-secret', retries: 0 }
const ok: Answer = (_request, response) => response.end()

let certificates: Certificates
let foreign: Certificates
beforeAll(async () => {
  ;[certificates, foreign] = await Promise.all([makeCertificates(), makeCertificates('another authority')])
})

describe('an https proxy', () => {
  test.each([
    ['of a name', 'localhost', 'localhost'],
    ['of an IP address', '127.0.0.1', undefined],
  ])('needs a certificate %s of its own, not of the provider', async (_what, host, expected) => {
    const names: (string | undefined)[] = []
    await using server = await listen(ok, certificates.server)
    const SNICallback = (name: string, done: (error: null) => void) => {
      names.push(name)
      done(null)
    }
    await using proxy = await startProxy({ tls: { ...certificates.server, SNICallback } })
    const ofProxy = { proxy: `https://${host}:${proxy.port}`, tls: { ca: certificates.ca } }
    // The certificates are for provider.example as well, but not for this name.
    const other = `https://other.example:${server.port}`
    await using failing = createLogoutClient({ ...app, appHost: other, ...ofProxy })
    await expect(failing.revokeToken('token-1')).rejects.toMatchObject({
      message: expect.stringContaining("the provider's certificate is for another name"),
    })
    const appHost = `https://provider.example:${server.port}`
    await using client = createLogoutClient({ ...app, appHost, ...ofProxy })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect([...new Set(names)]).toEqual(expected ? [expected] : [])
    expect(proxy.tunnels.map(({ target }) => target.split(':')[0])).toEqual(['other.example', 'provider.example'])
  })

  test.each<[string, boolean, () => NodeTlsOptions]>([
    ['a custom authority', true, () => ({ ca: certificates.ca })],
    ['the second of several, as bytes', true, () => ({ ca: [foreign.ca, Buffer.from(certificates.ca)] })],
    ['another authority', false, () => ({ ca: foreign.ca })],
    ['no authority', false, () => ({})],
  ])('may have a certificate from %s: %j', async (_what, trusted, tls) => {
    await using server = await listen(ok)
    await using proxy = await startProxy({ tls: certificates.server })
    await using client = createLogoutClient({ ...app, appHost: server.origin, proxy: proxy.origin, tls: tls() })
    const outcome = client.revokeToken('token-1')
    if (trusted) expect(await outcome).toBe(true)
    else
      await expect(outcome).rejects.toMatchObject({
        code: 'network',
        message: expect.stringMatching(
          /the proxy .* could not be used: .*the proxy's certificate is not trusted.*tls\.ca/,
        ),
      })
    expect(proxy.tunnels).toHaveLength(trusted ? 1 : 0)
  })

  test('may have a certificate from a well-known authority beside custom ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backend-logout-tunnel-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'ca.pem'), foreign.ca)
    await using server = await listen(ok, certificates.server)
    await using proxy = await startProxy({ tls: foreign.server })
    const options = {
      ...app,
      appHost: server.origin,
      proxy: proxy.origin,
      tls: { ca: certificates.ca },
    }
    const { output, errors } = await runProgram(
      `console.log(await node.createLogoutClient(${JSON.stringify(options)}).revokeToken('token-1'))`,
      // Node.js counts this one among the well-known authorities.
      { env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } },
    )
    expect({ output, errors }).toEqual({ output: 'true\n', errors: '' })
  })

  test('does not get the client certificate', async () => {
    const subjects: unknown[] = []
    const tls = { ...certificates.server, ca: certificates.ca, requestCert: true }
    const { cert, key } = certificates.client
    await using server = await listen(({ message }, response) => {
      subjects.push((message.socket as TLSSocket).getPeerCertificate().subject?.CN)
      response.end()
    }, tls)
    await using proxy = await startProxy({ tls: { ...tls, rejectUnauthorized: false } })
    await using client = createLogoutClient({
      ...app,
      appHost: server.origin,
      proxy: proxy.origin,
      tls: { ca: certificates.ca, cert, key },
    })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect([subjects, proxy.clients]).toEqual([['a client'], [undefined]])
  })
})
