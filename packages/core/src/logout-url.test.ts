import { parse } from 'node:querystring'
import { startEmulator } from '@backend-logout/emulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { LogoutUrlOptions } from './logout-url.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'
import { isBlank } from './token.ts'

const appHost = 'https://example.genauth.ai'
const genauth = createLogoutClient({ appId: 'app', appHost })
const endSession = 'https://id.example.com/logout'
const other = createLogoutClient({
  appId: 'app',
  endpoints: { revocation: 'https://id.example.com/revoke', endSession },
})

/** Reads a URL without `URL` and `URLSearchParams`. */
function read(url: URL): { at: string; query: Record<string, unknown> } {
  const [at = '', query = ''] = url.href.split('?')
  return { at, query: { ...parse(query) } }
}

describe('buildLogoutUrl() at GenAuth', () => {
  test('ends the session by OpenID Connect', () => {
    const options = { idToken: 'id.to.ken', redirectUri: 'https://app.example.com/out?x=1&y=2', state: 'a b&c' }
    expect(read(genauth.buildLogoutUrl(options))).toEqual({
      at: `${appHost}/oidc/session/end`,
      query: { id_token_hint: 'id.to.ken', post_logout_redirect_uri: options.redirectUri, state: 'a b&c' },
    })
  })

  test('works without parameters, and then has no question mark', () => {
    expect(genauth.buildLogoutUrl().href).toBe(`${appHost}/oidc/session/end`)
    expect(genauth.buildLogoutUrl({}).href).toBe(`${appHost}/oidc/session/end`)
  })

  test.each([
    ['generic', '/login/profile/logout', 'redirect_uri'],
    ['cas', '/cas-idp/logout', 'url'],
  ] as const)('has a page of kind %s', (kind, path, parameter) => {
    const redirectUri = 'https://app.example.com/?a=b&c=d#e'
    const url = genauth.buildLogoutUrl({ kind, redirectUri, state: 's' })
    expect(read(url)).toEqual({ at: appHost + path, query: { [parameter]: redirectUri, state: 's' } })
    expect(genauth.buildLogoutUrl({ kind }).href).toBe(appHost + path)
  })

  test('gives the ID token only to pages that require it', () => {
    for (const kind of ['generic', 'cas'] as const) {
      expect(genauth.buildLogoutUrl({ kind, idToken: 'id.to.ken' }).href).not.toContain('id.to.ken')
    }
  })

  test('uses the generic page for an application with protocol oauth', () => {
    const client = createLogoutClient({ appId: 'app', appHost, protocol: 'oauth' })
    expect(client.buildLogoutUrl({ redirectUri: 'https://app.example.com' }).pathname).toBe('/login/profile/logout')
    expect(client.buildLogoutUrl({ kind: 'oidc', idToken: 'x' }).pathname).toBe('/oauth/session/end')
  })

  test('refuses a redirect without an ID token, and states why', async () => {
    const error = await logoutErrorOf(() => genauth.buildLogoutUrl({ redirectUri: 'https://app.example.com' }))
    expect(error.code).toBe('invalid_argument')
    expect(error.message).toMatch(/idToken/)
    const withDefault = createLogoutClient({ appId: 'app', appHost, redirectUri: 'https://app.example.com' })
    expect((await logoutErrorOf(() => withDefault.buildLogoutUrl())).code).toBe('invalid_argument')
  })

  test('uses the redirect of the client, or of the call if it has one', () => {
    const client = createLogoutClient({ appId: 'app', appHost, logoutRedirectUri: 'https://app.example.com/out' })
    const redirectOf = (options: LogoutUrlOptions) =>
      client.buildLogoutUrl({ idToken: 'x', ...options }).searchParams.get('post_logout_redirect_uri')
    expect(redirectOf({})).toBe('https://app.example.com/out')
    expect(redirectOf({ redirectUri: new URL('https://app.example.com/bye') })).toBe('https://app.example.com/bye')
  })

  test('leads to a page that ends the session and returns', async () => {
    await using emulator = await startEmulator()
    const { idToken } = await emulator.signIn('alice')
    const { appId, logoutRedirectUri } = emulator.app
    const client = createLogoutClient({ appId, appHost: emulator.appHost, logoutRedirectUri })
    const url = client.buildLogoutUrl({ idToken, state: 'a b&c=d' })
    const { status, headers } = await fetch(url, { redirect: 'manual' })
    expect(status).toBeGreaterThanOrEqual(300)
    expect(status).toBeLessThan(400)
    const location = new URL(headers.get('location') ?? '', url)
    expect(location.searchParams.get('state')).toBe('a b&c=d')
    expect(location.href.split('?')[0]).toBe(logoutRedirectUri)
  })
})

describe('buildLogoutUrl() elsewhere', () => {
  test('names the application, so that a redirect requires no ID token', () => {
    expect(read(other.buildLogoutUrl({ redirectUri: 'https://app.example.com' }))).toEqual({
      at: endSession,
      query: { post_logout_redirect_uri: 'https://app.example.com', client_id: 'app' },
    })
  })

  test('adds the parameters that a provider requires, including names without a value', () => {
    const url = other.buildLogoutUrl({
      extraParameters: { logout_uri: 'https://app.example.com/?a=1&b=2', federated: true, ui_locales: 'de' },
    })
    expect(url.search).toBe(
      '?client_id=app&logout_uri=https%3A%2F%2Fapp.example.com%2F%3Fa%3D1%26b%3D2&federated&ui_locales=de',
    )
  })

  test('has a form with the same fields', () => {
    const idToken = 'x'.repeat(18_000)
    const { action, fields } = other.buildLogoutForm({ idToken, state: 's', extraParameters: { federated: true } })
    expect(action.href).toBe(endSession)
    expect(fields).toEqual({ id_token_hint: idToken, state: 's', client_id: 'app', federated: '' })
  })

  test.each<[string, unknown, RegExp]>([
    ['a parameter that has an option', { state: 'x' }, /state/],
    ['the ID token', { id_token_hint: 'x' }, /id_token_hint/],
    ['the application', { client_id: 'x' }, /client_id/],
    ['a number', { a: 1 }, /extraParameters/],
    ['false', { a: false }, /extraParameters/],
    ['an empty text', { a: '' }, /extraParameters/],
    ['too long a text', { a: 'x'.repeat(5_000) }, /4096/],
    ['broken text', { a: '\ud800' }, /extraParameters/],
    ['an empty name', { '': 'x' }, /names/],
    ['too many', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`p${index}`, 'x'])), /20/],
    ['text', 'a=b', /object/],
    ['null', null, /object/],
    ['a list', ['federated'], /object/],
    ['a Map', new Map([['logout_uri', 'https://a/']]), /object/],
    ['URLSearchParams', new URLSearchParams('a=b'), /object/],
  ])('refuses %s as extraParameters', async (_what, extraParameters, message) => {
    const error = await logoutErrorOf(() => other.buildLogoutUrl({ extraParameters: extraParameters as never }))
    expect(error).toMatchObject({ code: 'invalid_argument', option: 'extraParameters' })
    expect(error.message).toMatch(message)
  })

  test('omits extraParameters without a value', () => {
    const extraParameters = { logout_hint: undefined, ui_locales: 'de' } as never
    expect(read(other.buildLogoutUrl({ extraParameters })).query).toEqual({ client_id: 'app', ui_locales: 'de' })
    expect(other.buildLogoutForm({ extraParameters }).fields).toEqual({ client_id: 'app', ui_locales: 'de' })
  })

  test('keeps the query of the endpoint', () => {
    const endpoints = { revocation: 'https://x/', endSession: `${endSession}?tenant=a%20b` }
    const url = createLogoutClient({ appId: 'app', endpoints }).buildLogoutUrl({ idToken: 'x' })
    expect(read(url).query).toEqual({ tenant: 'a b', id_token_hint: 'x', client_id: 'app' })
  })

  test.each<[string, string, LogoutUrlOptions['extraParameters'], string]>([
    ['a bare name', '?federated', {}, '?federated&client_id=app'],
    ['another notation', "?a=b%20c+d&e=%2F/'&f&&g=", {}, '?a=b%20c+d&e=%2F/%27&f&g=&client_id=app'],
    [
      'a name that is set, which is replaced',
      '?federated&a=b%20c',
      { federated: true },
      '?a=b%20c&client_id=app&federated',
    ],
    ['a name that is set several times', '?a=1&%61=2&b=%20', { a: '3' }, '?b=%20&client_id=app&a=3'],
    ['the application, which is replaced', '?client_id=old&constructor', {}, '?constructor&client_id=app'],
  ])('keeps the query of the endpoint as the provider writes it: %s', (_what, query, extraParameters, search) => {
    const endpoints = { revocation: 'https://x/', endSession: endSession + query }
    const url = createLogoutClient({ appId: 'app', endpoints }).buildLogoutUrl({ extraParameters })
    expect(url.search).toBe(search)
  })

  test('reports that the provider has no such endpoint', async () => {
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: 'https://id.example.com/revoke' } })
    expect((await logoutErrorOf(() => client.buildLogoutUrl())).code).toBe('endpoint_missing')
  })

  test('must wait for discovery with an issuer', async () => {
    await using server = await listen((_request, response) => {
      const revocation_endpoint = `${server.origin}/revoke`
      always(200, { issuer: server.origin, revocation_endpoint, end_session_endpoint: `${server.origin}/out` })(
        _request,
        response,
        undefined as never,
      )
    })
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    const early = await logoutErrorOf(() => client.buildLogoutUrl())
    expect(early.code).toBe('discovery_failed')
    expect(early.message).toMatch(/discover\(\)/)
    await client.discover()
    expect(client.buildLogoutUrl().href).toBe(`${server.origin}/out?client_id=app`)
  })

  test.each(['generic', 'cas', 'saml', '', 7, null])('does not have kind %j', async (kind) => {
    const error = await logoutErrorOf(() => other.buildLogoutUrl({ kind: kind as 'oidc' }))
    expect(error.code).toBe('invalid_argument')
    expect(error.message).toMatch(/kind/)
  })
})

test('builds a form for the end session endpoint only', async () => {
  const error = await logoutErrorOf(() => genauth.buildLogoutForm({ kind: 'generic' }))
  expect(error).toMatchObject({ code: 'invalid_argument', option: 'kind' })
})

describe('buildLogoutUrl() with any input', () => {
  test.each([
    ['an empty idToken', { idToken: '' }, /idToken/],
    ['an idToken of white space', { idToken: ' \n' }, /idToken/],
    ['an idToken that is not a string', { idToken: 7 }, /idToken/],
    ['an idToken that is too long', { idToken: 'x'.repeat(65_537) }, /idToken/],
    ['an empty state', { state: '' }, /state/],
    ['a state that is too long', { state: 'x'.repeat(4_097) }, /state/],
    ['a state of broken text', { state: '\ud800' }, /state/],
    ['a redirect that runs', { redirectUri: 'javascript:alert(1)' }, /redirectUri must be an absolute URL/],
    ['a redirect without a scheme', { redirectUri: '//evil.example.com' }, /redirectUri must be an absolute URL/],
    ['a redirect that is null', { redirectUri: null }, /redirectUri must be an absolute URL/],
    ['a kind of no prototype', { kind: '__proto__' }, /kind/],
  ])('refuses %s', async (_what, options, message) => {
    const error = await logoutErrorOf(() => genauth.buildLogoutUrl(options as LogoutUrlOptions))
    expect(error.code).toBe('invalid_argument')
    expect(error.message).toMatch(message)
  })

  test('encodes every state and every ID token so that the provider decodes the same value', () => {
    const text = fc.string({ minLength: 1, unit: 'binary' }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(
        text,
        text.filter((token) => !isBlank(token)),
        (state, idToken) => {
          for (const client of [genauth, other]) {
            const { query } = read(client.buildLogoutUrl({ state, idToken, redirectUri: 'https://app.example.com' }))
            expect(query).toMatchObject({ state, id_token_hint: idToken })
          }
        },
      ),
    )
  })
})
