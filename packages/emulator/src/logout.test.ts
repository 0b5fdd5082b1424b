import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { send } from './testing/wire.ts'
import { UserAgent } from './user-agent.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({
    logoutRedirectUris: ['http://localhost:4000/bye', 'http://localhost:4000/?from=idp'],
  })
})
afterAll(() => emulator.close())

function endSessionUrl(parameters: Record<string, string>): string {
  return `${emulator.issuer}/session/end?${new URLSearchParams(parameters)}`
}

/** Signs a browser in, and reports if it still is: a browser with a session returns with a code immediately. */
async function signInBrowser() {
  const browser = new UserAgent()
  const start = new URL(`${emulator.issuer}/auth`)
  start.search = new URLSearchParams({
    client_id: emulator.app.appId,
    redirect_uri: emulator.app.redirectUri,
    response_type: 'code',
    scope: 'openid',
  }).toString()
  const isSignedIn = async () => (await browser.request(start)).location?.includes('code=') === true
  const login = new URL((await browser.request(start)).location ?? '', emulator.appHost)
  const { location = '' } = await browser.request(login, { login: 'alice' })
  await browser.request(new URL(location, emulator.appHost))
  expect(await isSignedIn()).toBe(true)
  return { browser, isSignedIn }
}

describe('/session/end', () => {
  test('redirects to a registered URL, with the state, if it receives the ID token', async () => {
    const { idToken } = await emulator.signIn()
    const { status, headers } = await send(
      endSessionUrl({ id_token_hint: idToken, post_logout_redirect_uri: 'http://localhost:4000/bye', state: 'a b&c' }),
    )
    expect([status, headers.get('location')]).toEqual([302, 'http://localhost:4000/bye?state=a+b%26c'])
  })

  test('keeps the query of the URL and adds no state unless one was given', async () => {
    const { idToken } = await emulator.signIn()
    const target = 'http://localhost:4000/?from=idp'
    const { headers } = await send(endSessionUrl({ id_token_hint: idToken, post_logout_redirect_uri: target }))
    expect(headers.get('location')).toBe(target)
  })

  test('refuses a URL that is not registered', async () => {
    const { idToken } = await emulator.signIn()
    const target = 'http://localhost:4000/bye/../evil'
    const { status, headers } = await send(endSessionUrl({ id_token_hint: idToken, post_logout_redirect_uri: target }))
    expect([status, headers.get('location')]).toEqual([400, null])
  })

  test.each<Record<string, string>>([{}, { client_id: 'the post application' }])(
    'does not redirect without the ID token: %j',
    async (parameters) => {
      const client = 'client_id' in parameters ? { client_id: emulator.app.appId } : {}
      const target = 'http://localhost:4000/bye'
      const { status, headers, body } = await send(endSessionUrl({ ...client, post_logout_redirect_uri: target }))
      expect([status, headers.get('location')]).toEqual([200, null])
      expect(body).toContain('signed out')
    },
  )

  test('refuses a value that is not an ID token', async () => {
    expect((await send(endSessionUrl({ id_token_hint: 'no token' }))).status).toBe(400)
  })

  test('ends the session of the browser, without asking and without console output', async () => {
    const consoleMethods = (['info', 'warn', 'log', 'error'] as const).map((name) => vi.spyOn(console, name))
    const { browser, isSignedIn } = await signInBrowser()
    const { status, body } = await browser.request(new URL(endSessionUrl({})))
    expect([status, body]).toEqual([200, expect.stringContaining('signed out')])
    expect(await isSignedIn()).toBe(false)
    for (const method of consoleMethods) expect(method).not.toHaveBeenCalled()
    browser.close()
  })
})

describe.each([
  ['/login/profile/logout', 'redirect_uri'],
  ['/cas-idp/logout', 'url'],
  ['/cas-idp/0123456789abcdef01234567/logout', 'url'],
])('%s', (path, parameter) => {
  test('redirects to a registered URL', async () => {
    const { status, headers } = await send(`${emulator.appHost}${path}?${parameter}=http://localhost:4000/bye`)
    expect([status, headers.get('location')]).toEqual([302, 'http://localhost:4000/bye'])
  })

  test.each(['http://localhost:4000/bye?x', 'https://example.com', '//example.com', 'javascript:alert(1)', ''])(
    'refuses to redirect to "%s"',
    async (target) => {
      const { status, headers } = await send(
        `${emulator.appHost}${path}?${new URLSearchParams({ [parameter]: target })}`,
      )
      expect([status, headers.get('location')]).toEqual([400, null])
    },
  )

  test('ends the session of the browser and reports that', async () => {
    const { browser, isSignedIn } = await signInBrowser()
    const { status, body } = await browser.request(new URL(path, emulator.appHost))
    expect([status, body]).toEqual([200, expect.stringContaining('signed out')])
    expect(await isSignedIn()).toBe(false)
    browser.close()
  })
})
