import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { ClientAuthContext } from './client-auth.ts'
import { fetchTransport } from './fetch-transport.ts'
import type { LogoutClientOptions } from './options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type LoopbackServer, listen } from './testing/loopback-server.ts'

/** A provider with the given metadata, whose endpoints all report a token as active. */
async function provider(more: (origin: string) => object = () => ({})): Promise<LoopbackServer> {
  const server: LoopbackServer = await listen((request, response) => {
    const { origin } = server
    const known = { revocation_endpoint: `${origin}/revoke`, introspection_endpoint: `${origin}/introspect` }
    const found = request.path.startsWith('/.well-known/')
      ? { issuer: origin, ...known, ...more(origin) }
      : { active: true }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(found))
  })
  return server
}

/** The credentials of a request. */
function credentialsOf({ headers, body }: LoopbackServer['requests'][number]): string[] {
  const form = new URLSearchParams(body.toString())
  return [...(headers.authorization === undefined ? [] : ['basic']), ...form.keys()].filter((name) => name !== 'token')
}

const secretly = { appId: 'app', appSecret: 'secret' }

describe('the endpoints of GenAuth', () => {
  test.each(['oidc', 'oauth'] as const)('are below the address of the application: %s', async (protocol) => {
    await using server = await provider()
    const contexts: ClientAuthContext[] = []
    const clientAuth = (context: ClientAuthContext) => {
      contexts.push(context)
      return { body: { client_id: context.appId } }
    }
    const client = createLogoutClient({ appId: 'app', appHost: `${server.origin}/base/`, protocol, clientAuth })
    await client.revokeToken('x')
    await client.introspectToken('x')
    const base = `/base/${protocol}`
    expect(server.requests.map(({ path }) => path)).toEqual([`${base}/token/revocation`, `${base}/token/introspection`])
    expect(contexts).toEqual([
      {
        appId: 'app',
        endpoint: 'revocation',
        url: `${server.origin}${base}/token/revocation`,
        issuer: `${server.origin}/base/oidc`,
        attempt: 1,
      },
      {
        appId: 'app',
        endpoint: 'introspection',
        url: `${server.origin}${base}/token/introspection`,
        issuer: `${server.origin}/base/oidc`,
        attempt: 1,
      },
    ])
  })

  test('receive the secret in the body, or only the id from a public client', async () => {
    await using server = await provider()
    await createLogoutClient({ ...secretly, appHost: server.origin }).revokeToken('x')
    await createLogoutClient({ appId: 'app', appHost: server.origin }).revokeToken('x')
    expect(server.requests.map(credentialsOf)).toEqual([['client_id', 'client_secret'], ['client_id']])
  })
})

describe('given endpoints', () => {
  test('receive Basic, or only the id from a public client', async () => {
    await using server = await provider()
    const endpoints = { revocation: `${server.origin}/revoke?tenant=a` }
    await createLogoutClient({ ...secretly, endpoints }).revokeToken('x')
    await createLogoutClient({ appId: 'app', endpoints }).revokeToken('x')
    expect(server.requests.map(credentialsOf)).toEqual([['basic'], ['client_id']])
    expect(server.requests[0]?.path).toBe('/revoke?tenant=a')
  })

  test('are the only ones', async () => {
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: 'https://id.example.com/revoke' } })
    expect((await logoutErrorOf(() => client.introspectToken('x'))).code).toBe('endpoint_missing')
  })
})

describe('an issuer', () => {
  const listing = (listed: unknown, forIntrospection?: unknown) => () => ({
    revocation_endpoint_auth_methods_supported: listed,
    introspection_endpoint_auth_methods_supported: forIntrospection,
  })
  const cases: readonly [string, unknown, Pick<LogoutClientOptions, 'appSecret' | 'clientAuth'>, string[]][] = [
    ['post, if that is listed', ['client_secret_post'], { appSecret: 's' }, ['client_id', 'client_secret']],
    ['Basic, if nothing is listed', undefined, { appSecret: 's' }, ['basic']],
    ['Basic, if the list is not a list', 'client_secret_post', { appSecret: 's' }, ['basic']],
    [
      'a supported method, if the list also has others',
      [7, null, 'client_secret_post'],
      { appSecret: 's' },
      ['client_id', 'client_secret'],
    ],
    ['the id alone, from a public client', ['client_secret_basic', 'none'], {}, ['client_id']],
    [
      'the method of the option, whatever is listed',
      ['client_secret_post'],
      { appSecret: 's', clientAuth: 'client_secret_basic' },
      ['basic'],
    ],
  ]
  test.each(cases)('receives %s', async (_what, listed, options, credentials) => {
    await using server = await provider(listing(listed))
    await createLogoutClient({ appId: 'app', issuer: server.origin, ...options }).revokeToken('x')
    expect(credentialsOf(server.requests[1] as LoopbackServer['requests'][number])).toEqual(credentials)
  })

  test('may require another credential for introspection', async () => {
    await using server = await provider(listing(['client_secret_post'], ['client_secret_basic']))
    const client = createLogoutClient({ ...secretly, issuer: server.origin })
    await client.revokeToken('x')
    await client.introspectToken('x')
    expect(server.requests.slice(1).map(credentialsOf)).toEqual([['client_id', 'client_secret'], ['basic']])
  })

  test('receives the same for introspection if it lists no methods for it', async () => {
    await using server = await provider(listing(['client_secret_post']))
    await createLogoutClient({ ...secretly, issuer: server.origin }).introspectToken('x')
    expect(credentialsOf(server.requests[1] as LoopbackServer['requests'][number])).toEqual([
      'client_id',
      'client_secret',
    ])
  })

  test('receives no token if it requires a credential that this client does not have', async () => {
    await using server = await provider(listing(['private_key_jwt']))
    const error = await logoutErrorOf(() => createLogoutClient({ ...secretly, issuer: server.origin }).revokeToken('x'))
    expect(error).toMatchObject({ code: 'client_auth_failed', attempts: 0 })
    expect(error.message).toMatch(/private_key_jwt.*client_secret_basic/)
    expect(server.requests).toHaveLength(1)
  })

  test.each<[string, boolean, LogoutClientOptions['clientAuth'], string]>([
    ['a transport with a certificate', true, undefined, '/mtls/revoke'],
    ['a method with a certificate', false, 'tls_client_auth', '/mtls/revoke'],
    ['a method with its own certificate', false, 'self_signed_tls_client_auth', '/mtls/revoke'],
    ['neither', false, undefined, '/revoke'],
  ])('is called at its aliases for mutual TLS by %s', async (_what, mutualTls, clientAuth, path) => {
    await using server = await provider((origin) => ({
      mtls_endpoint_aliases: { revocation_endpoint: `${origin}/mtls/revoke` },
    }))
    const transport = { ...fetchTransport(), mutualTls }
    const client = createLogoutClient({ appId: 'app', issuer: server.origin, transport, clientAuth })
    await client.revokeToken('x')
    await client.introspectToken('x')
    expect(server.requests.map((request) => request.path).slice(1)).toEqual([path, '/introspect'])
    expect(credentialsOf(server.requests[1] as LoopbackServer['requests'][number])).toEqual(['client_id'])
  })

  test.each([['x'], [null], [7], [[]], [{}]])('may have invalid aliases: %j', async (aliases) => {
    await using server = await provider(() => ({ mtls_endpoint_aliases: aliases }))
    const transport = { ...fetchTransport(), mutualTls: true }
    expect(await createLogoutClient({ appId: 'app', issuer: server.origin, transport }).revokeToken('x')).toBe(true)
  })
})
