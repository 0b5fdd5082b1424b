import { once } from 'node:events'
import { request as send } from 'node:http'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { faultsOfAnswer } from '../../../packages/browser-proxy/src/testing/contract.ts'
import { type RunningServer, SERVERS } from './runtimes/servers.ts'

const provider: Emulator = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

describe.each(Object.entries(SERVERS))('mounted under %s', (_name, start) => {
  let server: RunningServer
  beforeAll(async () => {
    const { appId, appSecret = '' } = provider.app
    server = await start({ appId, appSecret, appHost: provider.appHost, revokeTimeoutMs: 2_500 })
  }, 30_000)
  afterAll(() => server?.[Symbol.asyncDispose]())

  const signIn = async () => {
    const { accessToken, refreshToken, idToken } = await provider.signIn()
    const cookie = `__Host-session=${encodeURIComponent(btoa(JSON.stringify({ accessToken, refreshToken, idToken })))}`
    return { accessToken, refreshToken, cookie }
  }
  const ask = (cookie: string, init: { headers?: Record<string, string>; method?: string; body?: string } = {}) =>
    fetch(`${server.origin}/logout`, {
      method: 'POST',
      ...init,
      headers: { origin: server.origin, 'x-logout-request': '1', cookie, ...init.headers },
    })
  const json = { 'content-type': 'application/json' }

  test('a logout revokes the tokens and clears the cookie', async () => {
    const { cookie, accessToken, refreshToken } = await signIn()
    const answer = await ask(cookie)
    expect(answer.status).toBe(200)
    expect(await faultsOfAnswer(answer)).toEqual([])
    expect((await answer.json()).status).toBe('logged_out')
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0.*Secure/)])
    expect(answer.headers.get('clear-site-data')).toBe('"cache"')
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await provider.isActive(refreshToken)).toBe(false)
  })

  test('the body arrives, and the return address with it', async () => {
    const { cookie } = await signIn()
    const answer = await ask(cookie, { headers: json, body: JSON.stringify({ return_to: '/goodbye' }) })
    expect(await faultsOfAnswer(answer)).toEqual([])
    const url = new URL((await answer.json()).logout_url)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${server.origin}/goodbye`)
  })

  test.each([
    ['GET', 405, { method: 'GET' }],
    ['a preflight request', 405, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }],
    ['another origin', 403, { headers: { origin: 'https://evil.test' } }],
    ['no header', 403, { headers: { 'x-logout-request': '0' } }],
    ['a form', 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '{}' }],
    ['an unknown member', 400, { headers: json, body: '{"refresh_token":"x"}' }],
    ['an open redirect', 400, { headers: json, body: '{"return_to":"//evil.test"}' }],
    ['too much', 413, { headers: json, body: JSON.stringify({ token: 'x'.repeat(100_000) }) }],
  ] as const)('%s is refused with %i, and nobody is logged out', async (_case, status, init) => {
    const { cookie, accessToken } = await signIn()
    const answer = await ask(cookie, init)
    expect(answer.status).toBe(status)
    expect(await faultsOfAnswer(answer)).toEqual([])
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(await provider.isActive(accessToken)).toBe(true)
  })

  test('the answer comes in time while the provider hangs', async () => {
    const { cookie } = await signIn()
    provider.answerAlways({ hang: true })
    const answer = await ask(cookie)
    expect((await answer.json()).status).toBe('local_only')
    expect(answer.headers.has('set-cookie')).toBe(true)
  })

  test('a client that hangs up right after its request is logged out all the same', async () => {
    const { cookie, accessToken } = await signIn()
    provider.answerAlways({ delayMs: 300 })
    const headers = { origin: server.origin, 'x-logout-request': '1', cookie, 'content-length': '0' }
    const request = send(`${server.origin}/logout`, { method: 'POST', headers })
    request.on('error', () => {})
    request.end()
    await once(request, 'finish')
    await expect.poll(() => provider.requests.length).toBeGreaterThan(0)
    request.destroy()
    await expect.poll(() => provider.isActive(accessToken)).toBe(false)
  })
})
