import { inspect } from 'node:util'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createLogoutClient, createLogoutClientFromEnv } from './index.ts'
import { type Certificates, makeCertificates } from './testing/certificates.ts'
import { startProxy } from './testing/connect-proxy.ts'
import { type Answer, listen, listenRaw } from './testing/loopback-server.ts'

const app = { appId: 'app', appSecret: 'canary-secret', retries: 0 }
const ok: Answer = (_request, response) => response.end()

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates()
})

/** Sets variables for the rest of a test; other variables about proxies are unset. */
function environment(variables: Record<string, string>): void {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, variables[name])
    vi.stubEnv(name.toLowerCase(), variables[name.toLowerCase()])
  }
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

describe('through a proxy', () => {
  test('requests reach hosts that only the proxy knows, over one tunnel', async () => {
    await using server = await listen(ok, certificates.server)
    await using proxy = await startProxy()
    environment({ HTTPS_PROXY: proxy.origin })
    const appHost = `https://provider.example:${server.port}`
    await using client = createLogoutClient({ ...app, appHost, tls: { ca: certificates.ca } })
    for (let call = 0; call < 3; call++) expect(await client.revokeToken(`token-${call}`)).toBe(true)
    const target = `provider.example:${server.port}`
    expect(proxy.tunnels).toEqual([{ target, authorization: undefined }])
    expect(server.connections).toBe(1)
  })

  test('plain http also uses a tunnel', async () => {
    await using server = await listen(ok)
    await using proxy = await startProxy()
    environment({ http_proxy: proxy.origin })
    await using client = createLogoutClient({ ...app, appHost: server.origin })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(proxy.tunnels).toMatchObject([{ target: `127.0.0.1:${server.port}` }])
  })

  test('the proxy receives its password, the provider does not', async () => {
    const seen: unknown[] = []
    await using server = await listen(({ headers }, response) => {
      seen.push(headers['proxy-authorization'])
      response.end()
    }, certificates.server)
    await using proxy = await startProxy()
    const address = proxy.origin.replace('//', '//us%40er:pass%3Aword@')
    await using client = createLogoutClient({
      ...app,
      appHost: server.origin,
      proxy: address,
      tls: { ca: certificates.ca },
    })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(proxy.tunnels).toMatchObject([{ authorization: `Basic ${btoa('us@er:pass:word')}` }])
    expect(seen).toEqual([undefined])
  })

  test('hosts in NO_PROXY are reached directly', async () => {
    await using server = await listen(ok)
    await using proxy = await startProxy()
    environment({ HTTP_PROXY: proxy.origin, NO_PROXY: 'other.example,127.0.0.1' })
    await using client = createLogoutClient({ ...app, appHost: server.origin })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(proxy.connections).toBe(0)
  })

  test('proxy: false overrides the environment', async () => {
    await using server = await listen(ok)
    await using proxy = await startProxy()
    environment({ HTTP_PROXY: proxy.origin })
    await using client = createLogoutClient({ ...app, appHost: server.origin, proxy: false })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(proxy.connections).toBe(0)
  })

  test('createLogoutClientFromEnv() reads the proxy from the given environment', async () => {
    await using server = await listen(ok)
    await using proxy = await startProxy()
    environment({})
    const env = {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'secret',
      AUTHING_APP_HOST: server.origin,
      HTTP_PROXY: proxy.origin,
    }
    await using client = createLogoutClientFromEnv({}, env)
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(proxy.tunnels).toHaveLength(1)
  })

  test("the provider's certificate is verified as usual", async () => {
    await using server = await listen(ok, certificates.server)
    await using proxy = await startProxy()
    await using client = createLogoutClient({ ...app, appHost: server.origin, proxy: proxy.origin })
    await expect(client.revokeToken('token-1')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('not trusted'),
    })
  })

  test.each([
    ['refuses the tunnel', 407, 'refused the tunnel with status 407'],
    ['has no way to the host', 502, 'refused the tunnel with status 502'],
    ['hangs up', 0, 'could not be used: socket hang up'],
  ])('a proxy that %s is named in the error, without its password', async (_what, status, message) => {
    await using server = await listen(ok)
    await using proxy = await startProxy({ status })
    const address = proxy.origin.replace('//', '//user:canary-password@')
    await using client = createLogoutClient({ ...app, appHost: server.origin, proxy: address })
    const error: unknown = await client.revokeToken('token-1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringContaining(`the proxy 127.0.0.1:${proxy.port} ${message}`),
    })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
    expect(server.connections).toBe(0)
    // One attempt is one tunnel, however it ends.
    expect(proxy.tunnels).toHaveLength(1)
  })

  test('a proxy that cannot be reached is named in the error', async () => {
    await using proxy = await startProxy()
    const { origin, port } = proxy
    await proxy[Symbol.asyncDispose]()
    await using client = createLogoutClient({ ...app, appHost: 'https://example.genauth.ai', proxy: origin })
    await expect(client.revokeToken('token-1')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(`the proxy 127.0.0.1:${port} could not be used: .*ECONNREFUSED`),
    })
  })

  test('a proxy that does not respond ends with the limit of the call', async () => {
    await using silent = await listenRaw(() => {})
    await using client = createLogoutClient({ ...app, appHost: 'https://example.genauth.ai', proxy: silent.origin })
    await expect(client.revokeToken('token-1', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' })
    expect(silent.connections).toBe(1)
  })

  test('a wrong proxy in the environment is refused before anything is sent', async () => {
    environment({ HTTPS_PROXY: 'socks5://user:canary@127.0.0.1:1080' })
    await using client = createLogoutClient({ ...app, appHost: 'https://example.genauth.ai' })
    const error: unknown = await client.revokeToken('token-1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid_options', message: expect.stringContaining('HTTPS_PROXY') })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
  })
})
