import { describe, expect, test } from 'vitest'
import { createLogoutClient, type LogoutClient } from './client.ts'
import { resolveEndpointHosts } from './endpoint-hosts.ts'
import type { LogoutError } from './errors.ts'
import { checkMetadataUrl } from './metadata-url.ts'
import type { ClientOptions, IssuerLocation, LogoutClientOptions } from './options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type LoopbackServer, listen } from './testing/loopback-server.ts'

const open = { allowInsecureHttp: false, endpointHosts: undefined }
const check = (issuer: string, url: unknown, policy = {}) =>
  checkMetadataUrl(url, "The provider's revocation_endpoint", issuer, { ...open, ...policy })

const INTERNAL = [
  'localhost',
  'app.localhost:8443',
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '10.0.0.5',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:10.0.0.5]',
  '[64:ff9b::a00:5]',
  '[fd00::5]',
  '[fe80::5]',
  'keycloak:8443',
  'id.internal',
  'id.local.',
]

describe('checkMetadataUrl()', () => {
  test.each(INTERNAL)('keeps an issuer on the Internet from leading to %s', async (host) => {
    const error = await logoutErrorOf(() => check('https://id.example.com', `https://${host}/revoke`))
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: false })
    expect(error.message).toMatch(/^The provider's revocation_endpoint is on .* list it in endpointHosts\.$/)
  })

  test.each(INTERNAL)('allows an issuer inside a network to lead to %s', (host) => {
    const url = `https://${host}/revoke`
    for (const issuer of ['https://keycloak', 'https://10.0.0.1/realm', 'http://localhost:8080', 'http://127.0.0.1']) {
      expect(check(issuer, url)).toBe(new URL(url).href)
    }
  })

  test.each([
    ['a loopback address', 'http://127.0.0.1/revoke', {}],
    ['its own host', 'http://id.example.com/revoke', { allowInsecureHttp: true }],
    ['another host', 'http://other.example.com/revoke', { allowInsecureHttp: true }],
    ['a host that was listed', 'http://127.0.0.1/revoke', { endpointHosts: ['127.0.0.1'] }],
  ])('keeps an issuer on https from leading to http on %s', async (_what, url, policy) => {
    const error = await logoutErrorOf(() => check('https://id.example.com', url, policy))
    expect(error.message).toBe("The provider's revocation_endpoint must use https, as the issuer does.")
  })

  test('allows an issuer on http to lead to http, if http is allowed there', async () => {
    expect(check('http://localhost:8080', 'http://127.0.0.1:8081/revoke')).toBe('http://127.0.0.1:8081/revoke')
    expect(check('http://id.example.com', 'http://a.example.com/', { allowInsecureHttp: true })).toMatch(/^http:/)
    const error = await logoutErrorOf(() => check('http://localhost:8080', 'http://id.example.com/revoke'))
    expect(error.message).toMatch(/must use https/)
  })

  test.each([
    'https://id.example.com/revoke',
    'https://oauth2.example.net/revoke',
    'https://8.8.8.8/',
    'https://a.b.co',
  ])('allows an issuer on the Internet to lead to %s, as large providers do', (url) => {
    expect(check('https://id.example.com/tenant', url)).toBe(new URL(url).href)
  })

  test.each([
    [[], 'https://id.example.com/revoke', true],
    [[], 'https://id.example.com:8443/revoke', false],
    [[], 'https://a.id.example.com/revoke', false],
    [['oauth2.example.net'], 'https://oauth2.example.net/revoke', true],
    [['oauth2.example.net'], 'https://OAUTH2.example.net:443/revoke', true],
    [['oauth2.example.net'], 'https://oauth2.example.net:8443/revoke', false],
    [['oauth2.example.net:8443'], 'https://oauth2.example.net:8443/revoke', true],
    [['oauth2.example.net'], 'https://evil.oauth2.example.net/revoke', false],
    [['oauth2.example.net'], 'https://oauth2.example.net.evil.com/revoke', false],
    [['oauth2.example.net'], 'https://10.0.0.5/revoke', false],
    [['10.0.0.5'], 'https://10.0.0.5/revoke', true],
    [['10.0.0.5'], 'https://0xa000005/revoke', true],
  ])('with endpointHosts %j, %s is allowed: %s', async (endpointHosts, url, allowed) => {
    const run = () => check('https://id.example.com', url, { endpointHosts })
    if (allowed) expect(run()).toBe(new URL(url).href)
    else expect((await logoutErrorOf(run)).message).toMatch(/ list it in endpointHosts\.$/)
  })

  test.each([
    [7],
    ['/revoke'],
    ['https://user@id.example.com'],
    ['https://id.example.com/#x'],
    ['javascript:alert(1)'],
  ])('refuses %j, which is not the address of an endpoint', async (url) => {
    expect((await logoutErrorOf(() => check('https://id.example.com', url))).code).toBe('discovery_failed')
  })
})

describe('resolveEndpointHosts()', () => {
  test('accepts hosts, normalized as in a URL', () => {
    expect(resolveEndpointHosts(undefined)).toBeUndefined()
    expect(resolveEndpointHosts([])).toEqual([])
    const hosts = ['ID.example.com', 'id.example.com:443', 'id.example.com:8443', '[::1]:8443', 'bücher.example']
    expect(resolveEndpointHosts(hosts)).toEqual([
      'id.example.com',
      'id.example.com',
      'id.example.com:8443',
      '[::1]:8443',
      'xn--bcher-kva.example',
    ])
  })

  test.each([
    'id.example.com',
    null,
    {},
    [7],
    [''],
    ['*.example.com/'],
    ['https://id.example.com'],
    ['id.example.com/revoke'],
    ['canary@id.example.com'],
    ['id.example.com?canary'],
    ['a b'],
    ['id.example.com:99999'],
    Array.from({ length: 101 }, () => 'id.example.com'),
  ])('refuses %j, and does not repeat it', async (value) => {
    const error = await logoutErrorOf(() => resolveEndpointHosts(value))
    expect(error).toMatchObject({ code: 'invalid_options', option: 'endpointHosts' })
    expect(error.message).not.toContain('canary')
  })

  test.each<[string, object]>([
    ['appHost', { appHost: 'https://example.genauth.ai' }],
    ['endpoints', { endpoints: { revocation: 'https://id.example.com/revoke' } }],
  ])('is undefined for %s', async (_what, location) => {
    const options = { appId: 'app', ...location, endpointHosts: [] } as unknown as LogoutClientOptions
    const error = await logoutErrorOf(() => createLogoutClient(options))
    expect(error).toMatchObject({ code: 'invalid_options', option: 'endpointHosts' })
  })
})

/** A provider that is `https://id.example.com` on the Internet, and a server of the local network. */
async function providerAndNeighbor(metadata: (neighbor: LoopbackServer) => object) {
  const neighbor = await listen((_request, response) => response.end())
  const provider = await listen((request, response) => {
    const known = { issuer: 'https://id.example.com', revocation_endpoint: 'https://id.example.com/revoke' }
    response.end(request.path.startsWith('/.well-known/') ? JSON.stringify({ ...known, ...metadata(neighbor) }) : '')
  })
  const client = (
    location: Pick<ClientOptions, 'endpointHosts'> & Pick<IssuerLocation, 'metadataUrl'> = {},
    mutualTls = false,
  ) =>
    createLogoutClient({
      appId: 'app',
      appSecret: 'canary-of-the-application',
      issuer: 'https://id.example.com',
      ...(mutualTls && { clientAuth: 'tls_client_auth' }),
      ...location,
      fetch: (url, init) => fetch(String(url).replace('https://id.example.com', provider.origin), init),
    })
  return {
    provider,
    neighbor,
    client,
    async [Symbol.asyncDispose]() {
      await provider[Symbol.asyncDispose]()
      await neighbor[Symbol.asyncDispose]()
    },
  }
}

/** Calls each endpoint of a client with a token, and returns the error for the one that metadata calls `name`. */
async function errorAt(client: LogoutClient, name: string): Promise<LogoutError> {
  await client.discover()
  const calls: Readonly<Record<string, () => unknown>> = {
    revocation_endpoint: () => client.revokeToken('canary-token'),
    introspection_endpoint: () => client.introspectToken('canary-token'),
    end_session_endpoint: () => client.buildLogoutUrl(),
  }
  return logoutErrorOf(async () => calls[name]?.())
}

test.each([
  ['revocation_endpoint', false, (url: string) => ({ revocation_endpoint: url })],
  ['introspection_endpoint', false, (url: string) => ({ introspection_endpoint: url })],
  ['end_session_endpoint', false, (url: string) => ({ end_session_endpoint: url })],
  ['revocation_endpoint', true, (url: string) => ({ mtls_endpoint_aliases: { revocation_endpoint: url } })],
])(
  'no token or secret goes to an internal address in metadata: %s, with mutual TLS: %s',
  async (name, mutualTls, lead) => {
    for (const scheme of ['http', 'https']) {
      await using world = await providerAndNeighbor(({ origin }) => lead(`${origin.replace('http', scheme)}/x`))
      const { client, provider, neighbor } = world
      const error = await errorAt(client({}, mutualTls), name)
      expect(error).toMatchObject({ code: 'endpoint_missing' })
      expect(error.message).toContain(`The provider's ${name}`)
      expect(error.message).not.toContain('canary')
      expect(neighbor.requests).toEqual([])
      // Other documents may have a usable address. Nothing but documents is requested.
      expect(provider.requests.filter(({ path }) => !path.startsWith('/.well-known/'))).toEqual([])
    }
  },
)

test('endpoints may be at the host of metadataUrl, as the application named it', async () => {
  await using world = await providerAndNeighbor(({ origin }) => ({ revocation_endpoint: `${origin}/revoke` }))
  const { provider, neighbor, client } = world
  await using inside = await listen((request, response) => {
    const issuer = 'https://id.example.com'
    const known = { issuer, revocation_endpoint: `${inside.origin}/revoke`, introspection_endpoint: neighbor.origin }
    response.end(request.path === '/metadata' ? JSON.stringify(known) : '')
  })
  const at = client({ metadataUrl: `${inside.origin}/metadata` })
  expect(await at.revokeToken('canary-token')).toBe(true)
  expect((await errorAt(at, 'introspection_endpoint')).code).toBe('endpoint_missing')
  expect([provider.requests, neighbor.requests]).toEqual([[], []])
})

test('aliases for mutual TLS are ignored without it', async () => {
  const aliases = { mtls_endpoint_aliases: { revocation_endpoint: 'http://127.0.0.1:1/' } }
  await using world = await providerAndNeighbor(() => aliases)
  expect(await world.client().revokeToken('canary-token')).toBe(true)
})

test('endpointHosts pins the endpoints', async () => {
  await using world = await providerAndNeighbor(() => ({ introspection_endpoint: 'https://other.example.com/' }))
  const { client, provider } = world
  const pinned = client({ endpointHosts: [] })
  const error = await errorAt(pinned, 'introspection_endpoint')
  expect(error.message).toContain("The provider's introspection_endpoint is on other.example.com. If")
  expect(await pinned.revokeToken('canary-token')).toBe(true)
  expect(provider.requests.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration', '/revoke'])
})
