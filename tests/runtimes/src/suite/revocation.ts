import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider, isActive, requests, signIn } from './desk.ts'
import type { Cases } from './host.ts'

/** Revoking, verifying, introspecting, logging out, and finding the provider. */
export function revocationCases({ test, client: { createLogoutClient, isLogoutError } }: Cases): void {
  test('revokeToken() resolves true, and the provider no longer honors the token', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    equal(await isActive(accessToken), true)
    equal(await createLogoutClient({ ...apps.post, appHost }).revokeToken(accessToken), true)
    equal(await isActive(accessToken), false)
  })

  test('revokeToken() works with GenAuth applications of the OAuth 2.0 protocol', async () => {
    const { appHost, apps } = await freshProvider()
    const { refreshToken } = await signIn()
    const client = createLogoutClient({ ...apps.post, appHost, protocol: 'oauth' })
    equal(await client.revokeToken(refreshToken, { tokenTypeHint: 'refresh_token' }), true)
    equal(await isActive(refreshToken), false)
    equal(
      (await requests()).map(({ path }) => path),
      ['/oauth/token/revocation'],
    )
  })

  test('revokeToken() accepts the JSON envelope of GenAuth as a success', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ body: { statusCode: 200, message: 'ok', data: { success: true } } })
    equal(await createLogoutClient({ ...apps.post, appHost }).revokeToken('some token'), true)
  })

  test('revokeToken() with verify resolves true once introspection returns inactive', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    equal(await createLogoutClient({ ...apps.post, appHost }).revokeToken(accessToken, { verify: true }), true)
    const asked = (await requests()).map(({ endpoint }) => endpoint)
    equal(asked, ['introspection', 'revocation', 'introspection'])
  })

  test('revokeToken() with verify resolves false while the provider reports the token as active', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    await answerNext({ body: '' })
    const verify = { withinMs: 0 }
    equal(await createLogoutClient({ ...apps.post, appHost }).revokeToken(accessToken, { verify }), false)
    equal(await isActive(accessToken), true)
  })

  test('introspectToken() distinguishes an active token from an inactive one', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    const client = createLogoutClient({ ...apps.post, appHost })
    equal((await client.introspectToken(accessToken)).active, true)
    await client.revokeToken(accessToken)
    equal(await client.introspectToken(accessToken), { active: false })
  })

  test('logout() revokes the refresh token, then the access token, and returns the logout URL', async () => {
    const { appHost, apps } = await freshProvider()
    const session = await signIn()
    const client = createLogoutClient({ ...apps.post, appHost, logoutRedirectUri: 'http://localhost:3000/' })
    const { revoked, tokens, logoutUrl } = await client.logout(session, { state: 'a&b', verify: true })
    equal(revoked, true)
    equal(
      tokens.map(({ tokenType, state, attempts }) => [tokenType, state, attempts]),
      [
        ['refresh_token', 'verified', 1],
        ['access_token', 'verified', 1],
      ],
    )
    equal([await isActive(session.accessToken), await isActive(session.refreshToken)], [false, false])
    ok(logoutUrl, 'there is no logout URL')
    const parameters = {
      id_token_hint: session.idToken,
      post_logout_redirect_uri: 'http://localhost:3000/',
      state: 'a&b',
    }
    equal(`${logoutUrl.origin}${logoutUrl.pathname}`, `${appHost}/oidc/session/end`)
    equal(Object.fromEntries(logoutUrl.searchParams), parameters)
  })

  test('logout() settles each token separately, and does not throw', async () => {
    const { appHost, apps } = await freshProvider()
    const session = await signIn()
    await answerNext({ status: 400, body: { error: 'invalid_request' } })
    const { revoked, tokens } = await createLogoutClient({ ...apps.post, appHost }).logout(session)
    equal(revoked, false)
    equal(
      tokens.map(({ state, error }) => [state, error?.code]),
      [
        ['live', 'rejected'],
        ['accepted', undefined],
      ],
    )
    equal([await isActive(session.accessToken), await isActive(session.refreshToken)], [false, true])
  })

  test('issuer is enough to find the endpoints and the client authentication', async () => {
    const { issuer, apps } = await freshProvider()
    const { accessToken, idToken } = await signIn('basic')
    const client = createLogoutClient({ ...apps.basic, issuer })
    equal((await client.discover())?.revocation_endpoint, `${issuer}/token/revocation`)
    equal(await client.revokeToken(accessToken), true)
    equal(await isActive(accessToken), false)
    equal(client.buildLogoutUrl({ idToken }).pathname, '/oidc/session/end')
  })

  test('metadata of another issuer is not used', async () => {
    const { issuer, apps } = await freshProvider()
    const body = { issuer: 'https://elsewhere.example.com', revocation_endpoint: `${issuer}/token/revocation` }
    await answerNext({ endpoint: 'any', times: 2, body })
    const error = await rejection(createLogoutClient({ ...apps.post, issuer }).revokeToken('some token'))
    ok(isLogoutError(error), 'not a LogoutError')
    equal(error.code, 'discovery_failed')
    equal(
      (await requests()).filter(({ endpoint }) => endpoint === 'revocation'),
      [],
    )
  })
}
