import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { basicHeader, credentials, getUserinfo, postForm, rawPost, sendRaw } from './testing/wire.ts'

describe('the revocation endpoint', () => {
  let emulator: Emulator
  let endpoint: string

  beforeAll(async () => {
    emulator = await startEmulator()
    endpoint = `${emulator.issuer}/token/revocation`
  })
  afterAll(() => emulator.close())

  test('responds to a success with status 200, text/plain and an empty body', async () => {
    const { accessToken } = await emulator.signIn()
    const { status, headers, body } = await postForm(endpoint, { token: accessToken, ...credentials(emulator.app) })
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/plain; charset=utf-8', ''])
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test.each([
    ['text that is not a token', 'unknown'],
    ['something like a JWT', 'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.'],
  ])('treats %s as a success', async (_, token) => {
    const { status, body } = await postForm(endpoint, { token, ...credentials(emulator.app) })
    expect([status, body]).toEqual([200, ''])
  })

  test('revokes only the access token, as GenAuth does', async () => {
    const { accessToken, refreshToken } = await emulator.signIn()
    await postForm(endpoint, { token: accessToken, ...credentials(emulator.app) })
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await emulator.isActive(refreshToken)).toBe(true)

    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials(emulator.app) }
    const refreshed = await postForm(`${emulator.issuer}/token`, form)
    const { access_token: next } = JSON.parse(refreshed.body)
    expect((await getUserinfo(emulator.appHost, next)).status).toBe(200)
  })

  test('revokes the whole grant of a refresh token', async () => {
    const { accessToken, refreshToken } = await emulator.signIn()
    await postForm(endpoint, { token: refreshToken, ...credentials(emulator.app) })
    expect(await emulator.isActive(refreshToken)).toBe(false)
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect((await getUserinfo(emulator.appHost, accessToken)).status).toBe(401)
  })

  test("leaves the user's other sessions unchanged", async () => {
    const [first, second] = await Promise.all([emulator.signIn('carol'), emulator.signIn('carol')])
    await postForm(endpoint, { token: first.refreshToken, ...credentials(emulator.app) })
    expect(await emulator.isActive(second.accessToken)).toBe(true)
    expect(await emulator.isActive(second.refreshToken)).toBe(true)
  })

  test.each(['access_token', 'refresh_token', 'nonsense'])(
    'finds the token with any hint: %s',
    async (token_type_hint) => {
      const { accessToken } = await emulator.signIn()
      await postForm(endpoint, { token: accessToken, token_type_hint, ...credentials(emulator.app) })
      expect(await emulator.isActive(accessToken)).toBe(false)
    },
  )

  test('serves the OAuth protocol from the same store', async () => {
    const { accessToken } = await emulator.signIn()
    await postForm(`${emulator.appHost}/oauth/token/revocation`, { token: accessToken, ...credentials(emulator.app) })
    expect((await getUserinfo(emulator.appHost, accessToken, '/oidc/me')).status).toBe(401)
    expect((await getUserinfo(emulator.appHost, accessToken, '/oauth/me')).status).toBe(401)
  })

  test('accepts the credentials of a basic application in the header', async () => {
    const { accessToken } = await emulator.signIn('user', { app: emulator.apps.basic })
    const { status } = await postForm(endpoint, { token: accessToken }, basicHeader(emulator.apps.basic))
    expect(status).toBe(200)
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('accepts only the identifier of a public application', async () => {
    const { accessToken } = await emulator.signIn('user', { app: emulator.apps.none })
    await postForm(endpoint, { token: accessToken, client_id: emulator.apps.none.appId })
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('refuses a wrong secret with 401 invalid_client', async () => {
    const { accessToken } = await emulator.signIn()
    const form = { token: accessToken, client_id: emulator.app.appId, client_secret: 'wrong' }
    const { status, headers, body } = await postForm(endpoint, form)
    expect([status, JSON.parse(body).error, headers.get('www-authenticate')]).toEqual([401, 'invalid_client', null])
    expect(await emulator.isActive(accessToken)).toBe(true)
  })

  test('challenges a client that failed with Basic', async () => {
    const { status, headers } = await postForm(
      endpoint,
      { token: 'x' },
      basicHeader({ ...emulator.apps.basic, appSecret: 'wrong' }),
    )
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm=".*", error="invalid_client"/)
  })

  test('refuses two credentials in one request with 400', async () => {
    const { status, body } = await postForm(
      endpoint,
      { token: 'x', ...credentials(emulator.app) },
      basicHeader(emulator.app),
    )
    expect([status, JSON.parse(body).error]).toEqual([400, 'invalid_request'])
  })

  test('refuses a secret from a public application', async () => {
    const { accessToken } = await emulator.signIn('user', { app: emulator.apps.none })
    const form = { token: accessToken, client_id: emulator.apps.none.appId, client_secret: 'anything' }
    expect((await postForm(endpoint, form)).status).toBe(401)
    expect(await emulator.isActive(accessToken)).toBe(true)
  })

  test.each(['basic', 'none'] as const)('refuses the token of another application to %s with 400', async (name) => {
    const { accessToken, refreshToken } = await emulator.signIn()
    for (const token of [accessToken, refreshToken]) {
      const { status, body } = await postForm(endpoint, { token, ...credentials(emulator.apps[name]) })
      expect([status, JSON.parse(body).error]).toEqual([400, 'invalid_request'])
      expect(await emulator.isActive(token)).toBe(true)
    }
  })

  test('shows errors as HTML to clients that request it', async () => {
    const form = { token: 'x', client_id: emulator.app.appId, client_secret: 'wrong' }
    const { status, headers, body } = await postForm(endpoint, form, { accept: 'text/html' })
    expect([status, headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8'])
    expect(body).toContain('invalid_client')
  })

  test.each([
    ['without a token', {}, 400],
    ['with an empty token', { token: '' }, 400],
  ])('refuses a request %s', async (_, fields, status) => {
    expect((await postForm(endpoint, { ...fields, ...credentials(emulator.app) })).status).toBe(status)
  })

  test('refuses a duplicate token parameter, and revokes neither', async () => {
    const [first, second] = [await emulator.signIn(), await emulator.signIn()]
    const body = new URLSearchParams(credentials(emulator.app))
    body.append('token', first.accessToken)
    body.append('token', second.accessToken)
    expect((await fetch(endpoint, { method: 'POST', body })).status).toBe(400)
    expect(await emulator.isActive(first.accessToken)).toBe(true)
    expect(await emulator.isActive(second.accessToken)).toBe(true)
  })

  test('refuses a body that is not a form', async () => {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
  })

  test('refuses a body that is too large', async () => {
    const { status } = await postForm(endpoint, { token: 'x'.repeat(200_000), ...credentials(emulator.app) })
    expect(status).toBe(400)
  })

  test('responds to GET with 404 in JSON', async () => {
    const response = await fetch(endpoint)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('responds like oidc-provider 6, byte for byte', async () => {
    const { accessToken } = await emulator.signIn()
    const request = rawPost(emulator.appHost, '/oidc/token/revocation', {
      token: accessToken,
      ...credentials(emulator.app),
    })
    const { received } = await sendRaw(emulator.appHost, request)
    expect(received.replace(/date: .*\r\n/i, '')).toBe(
      'HTTP/1.1 200 OK\r\nVary: Origin\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    )
  })
})

describe('options of revocation', () => {
  test('cascade revokes the grant of an access token', async () => {
    await using emulator = await startEmulator({ cascade: true })
    const { accessToken, refreshToken } = await emulator.signIn()
    await postForm(`${emulator.issuer}/token/revocation`, { token: accessToken, ...credentials(emulator.app) })
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await emulator.isActive(refreshToken)).toBe(false)
  })

  test('successBody: envelope returns the JSON envelope of GenAuth; errors are unchanged', async () => {
    await using emulator = await startEmulator({ successBody: 'envelope' })
    const { accessToken } = await emulator.signIn()
    const url = `${emulator.issuer}/token/revocation`
    const success = await postForm(url, { token: accessToken, ...credentials(emulator.app) })
    expect([success.status, success.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(JSON.parse(success.body)).toMatchObject({ statusCode: 200, data: { success: true } })
    expect((await postForm(url, { token: 'x', client_id: emulator.app.appId })).status).toBe(401)
  })

  test('appSecret is the secret of every application, with any characters', async () => {
    const appSecret = 'a+b%20c:d&e=f/g~'
    await using emulator = await startEmulator({ appSecret })
    const { accessToken } = await emulator.signIn('user', { app: emulator.apps.basic })
    const encoded = new URLSearchParams({ '': appSecret }).toString().slice(1)
    const app = { ...emulator.apps.basic, appSecret: encoded }
    expect(
      (await postForm(`${emulator.issuer}/token/revocation`, { token: accessToken }, basicHeader(app))).status,
    ).toBe(200)
    expect(await emulator.isActive(accessToken)).toBe(false)
  })
})
