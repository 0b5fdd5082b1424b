import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { getUserinfo, send } from './testing/wire.ts'
import { UserAgent } from './user-agent.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({
    redirectUris: ['http://localhost:4000/cb', 'http://localhost:4001/cb'],
    logoutRedirectUris: ['http://localhost:4000/bye'],
  })
})
afterAll(() => emulator.close())

describe('signIn()', () => {
  test.each(['post', 'basic', 'none', 'privateKeyJwt', 'clientSecretJwt'] as const)(
    'works for the application %s',
    async (name) => {
      const app = emulator.apps[name]
      const tokens = await emulator.signIn('alice', { app })
      expect(tokens).toMatchObject({ sub: 'alice', expiresIn: 3600, tokenType: 'Bearer' })
      expect(tokens.scope.split(' ')).toEqual(expect.arrayContaining(['openid', 'offline_access']))
      expect(decodeJwt(tokens.idToken)).toMatchObject({ iss: emulator.issuer, aud: app.appId, sub: 'alice' })
      expect(await emulator.isActive(tokens.accessToken)).toBe(true)
      expect(await emulator.isActive(tokens.refreshToken)).toBe(true)
    },
  )

  test('uses HTTP for every step of the flow', async () => {
    emulator.reset()
    await emulator.signIn('alice', { app: emulator.apps.basic })
    expect(emulator.requests.map(({ endpoint, status }) => [endpoint, status])).toEqual([
      ['authorization', 303],
      ['token', 200],
    ])
    expect(emulator.requests.at(-1)).toMatchObject({ clientAuth: ['client_secret_basic'] })
    expect(emulator.requests.at(-1)?.fields).toContain('code_verifier')
  })

  test('gives a user without claims default ones, and never a real address', async () => {
    const { accessToken } = await emulator.signIn('dora')
    const { body } = await getUserinfo(emulator.appHost, accessToken)
    expect(JSON.parse(body)).toMatchObject({ sub: 'dora', name: 'dora', email: 'dora@example.com' })
  })

  test('accepts any subject', async () => {
    const sub = 'Zoë <b>&"\' 用户'
    const { accessToken } = await emulator.signIn(sub)
    expect(JSON.parse((await getUserinfo(emulator.appHost, accessToken)).body).sub).toBe(sub)
  })

  test('reports the response that made it fail, without secrets', async () => {
    emulator.answerNext({ endpoint: 'token', status: 503 })
    const error = await emulator.signIn().catch((cause: unknown) => cause)
    expect(String(error)).toMatch(/token endpoint answered 503/)
    expect(String(error)).not.toContain(String(emulator.app.appSecret))
  })

  test('refuses an application of another emulator', async () => {
    await using other = await startEmulator()
    await expect(emulator.signIn('alice', { app: other.app })).rejects.toThrow(/signing in failed/)
  })
})

describe('a browser that signs in', () => {
  function authorizationUrl(parameters: Record<string, string>): URL {
    const url = new URL(`${emulator.issuer}/auth`)
    url.search = new URLSearchParams({
      client_id: emulator.app.appId,
      redirect_uri: 'http://localhost:4001/cb',
      response_type: 'code',
      scope: 'openid',
      ...parameters,
    }).toString()
    return url
  }

  test('sees a login page that names the application, and returns with a code', async () => {
    const browser = new UserAgent()
    const start = await browser.request(authorizationUrl({ state: 'abc' }))
    const loginUrl = new URL(start.location ?? '', emulator.appHost)
    const page = await browser.request(loginUrl)
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<b>post</b>')])
    const submitted = await browser.request(loginUrl, { login: 'alice' })
    const resumed = await browser.request(new URL(submitted.location ?? '', emulator.appHost))
    const callback = new URL(resumed.location ?? '')
    expect(callback.origin + callback.pathname).toBe('http://localhost:4001/cb')
    expect(callback.searchParams.get('state')).toBe('abc')
    expect(callback.searchParams.get('code')).toBeTruthy()

    const again = await browser.request(authorizationUrl({ state: 'def' }))
    expect(again.location).toMatch(/^http:\/\/localhost:4001\/cb\?code=/)
    browser.close()
  })

  test('is not redirected to a URL that is not registered', async () => {
    const { status, headers } = await send(authorizationUrl({ redirect_uri: 'http://localhost:9/evil' }).href)
    expect([status, headers.get('location')]).toEqual([400, null])
  })

  test('must prove a code with PKCE for a public application', async () => {
    const { headers } = await send(authorizationUrl({ client_id: emulator.apps.none.appId }).href)
    expect(new URL(headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
  })

  test('is informed when its login has expired', async () => {
    const { status, body } = await send(`${emulator.appHost}/interaction/unknown`)
    expect([status, body]).toEqual([400, expect.stringContaining('expired')])
  })
})
