import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { basicHeader, credentials, getUserinfo, postForm } from './testing/wire.ts'

describe.each(['jwt', 'opaque'] as const)('with %s access tokens', (accessTokenFormat) => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator({ accessTokenFormat })
  })
  afterAll(() => emulator.close())

  async function introspect(token: string, fields: Record<string, string> = credentials(emulator.app)) {
    const { status, body } = await postForm(`${emulator.issuer}/token/introspection`, { token, ...fields })
    return { status, ...JSON.parse(body) }
  }

  test('the form of the access token is the requested one', async () => {
    const { accessToken, refreshToken } = await emulator.signIn()
    expect(accessToken.split('.')).toHaveLength(accessTokenFormat === 'jwt' ? 3 : 1)
    expect(refreshToken).not.toContain('.')
  })

  test('introspection describes an active access token', async () => {
    const { accessToken, scope } = await emulator.signIn('alice')
    const now = Math.floor(Date.now() / 1000)
    const answer = await introspect(accessToken)
    expect(answer).toMatchObject({
      status: 200,
      active: true,
      sub: 'alice',
      client_id: emulator.app.appId,
      iss: emulator.issuer,
      scope,
      token_type: 'Bearer',
    })
    expect(answer.exp - answer.iat).toBe(3600)
    expect(Math.abs(answer.iat - now)).toBeLessThanOrEqual(5)
    expect(typeof answer.jti === 'string').toBe(accessTokenFormat === 'jwt')
  })

  test('introspection describes an active refresh token', async () => {
    const { refreshToken } = await emulator.signIn('alice')
    expect(await introspect(refreshToken)).toMatchObject({ active: true, sub: 'alice' })
  })

  test('introspection reports a revoked token only as inactive', async () => {
    const { accessToken } = await emulator.signIn()
    await postForm(`${emulator.issuer}/token/revocation`, { token: accessToken, ...credentials(emulator.app) })
    expect(await introspect(accessToken)).toEqual({ status: 200, active: false })
  })

  test('introspection reports tokens that it never issued as inactive, including other JWTs', async () => {
    const { idToken } = await emulator.signIn()
    for (const token of ['unknown', idToken, 'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.']) {
      expect(await introspect(token)).toEqual({ status: 200, active: false })
    }
  })

  test('introspection ignores strict', async () => {
    const { accessToken } = await emulator.signIn()
    expect(await introspect(accessToken, { strict: 'true', ...credentials(emulator.app) })).toMatchObject({
      active: true,
    })
  })

  test("introspection describes other applications' tokens to confidential applications, and not to public ones", async () => {
    const { accessToken } = await emulator.signIn()
    expect(await introspect(accessToken, credentials(emulator.apps.clientSecretJwt))).toMatchObject({ status: 401 })
    expect(await introspect(accessToken, credentials(emulator.apps.basic))).toMatchObject({ active: true })
    expect(await introspect(accessToken, credentials(emulator.apps.none))).toEqual({ status: 200, active: false })
  })

  test('introspection refuses a wrong secret, and does not report inactive', async () => {
    const answer = await introspect('unknown', { client_id: emulator.app.appId, client_secret: 'wrong' })
    expect(answer).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(answer).not.toHaveProperty('active')
  })

  test('introspection accepts Basic', async () => {
    const { accessToken } = await emulator.signIn()
    const url = `${emulator.appHost}/oauth/token/introspection`
    const { body } = await postForm(url, { token: accessToken }, basicHeader(emulator.apps.basic))
    expect(JSON.parse(body)).toMatchObject({ active: true })
  })

  test('user info returns the user of an active token, on both protocols', async () => {
    const { accessToken } = await emulator.signIn({ sub: 'bob', name: 'Bob', email: 'bob@example.com' })
    for (const path of ['/oidc/me', '/oauth/me']) {
      const { status, body } = await getUserinfo(emulator.appHost, accessToken, path)
      expect([status, JSON.parse(body)]).toEqual([200, { sub: 'bob', name: 'Bob', email: 'bob@example.com' }])
    }
  })

  test('user info also accepts the token from a form', async () => {
    const { accessToken } = await emulator.signIn('alice')
    const { status, body } = await postForm(`${emulator.issuer}/me`, { access_token: accessToken })
    expect([status, JSON.parse(body).sub]).toEqual([200, 'alice'])
  })

  test('user info refuses a revoked token with 401 and a challenge', async () => {
    const { accessToken } = await emulator.signIn()
    await postForm(`${emulator.issuer}/token/revocation`, { token: accessToken, ...credentials(emulator.app) })
    const { status, headers, body } = await getUserinfo(emulator.appHost, accessToken)
    expect([status, JSON.parse(body).error]).toEqual([401, 'invalid_token'])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm=".*", error="invalid_token"/)
  })

  test.each([undefined, 'unknown', 'a.b.c'])('user info refuses the token %s with 401', async (token) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    expect((await fetch(`${emulator.issuer}/me`, { headers })).status).toBe(401)
  })
})
