import { startEmulator } from '@backend-logout/emulator'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { launchOptions } from './browser/find-chromium.ts'
import { openTab } from './browser/tabs.ts'
import { startWebApplication, type WebApplication } from './browser/web-application.ts'

const provider = await startEmulator({ redirectUris: ['http://localhost/callback'] })
let application: WebApplication
let browser: Browser
let context: BrowserContext
beforeAll(async () => {
  browser = await chromium.launch(launchOptions(inject('chromium')))
})
beforeEach(async () => {
  provider.reset()
  application = await startWebApplication(provider, { returnTo: ['/goodbye'] })
  context = await browser.newContext()
})
afterEach(async () => {
  await context.close()
  await application[Symbol.asyncDispose]()
})
afterAll(async () => {
  await browser.close()
  await provider.close()
})

const signedIn = (path = '/sign-in') => openTab(context, application.origin + path)
const tokens = () => [...application.sessions.values()][0] ?? {}

describe('a logout from a real page', () => {
  test('revokes the tokens, ends the session, deletes the cookie, and follows the contract', async () => {
    const page = await signedIn()
    const { accessToken = '', refreshToken = '' } = tokens()
    expect(await context.cookies()).toHaveLength(1)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const result = await page.evaluate(() => proxy.logout())
    expect(result.status).toBe('logged_out')
    expect(result.logoutUrl).toContain('/oidc/session/end?id_token_hint=')
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await provider.isActive(refreshToken)).toBe(false)
    expect(await context.cookies()).toEqual([])
    expect(application.sessions.size).toBe(0)
    expect(application.requests).toMatchObject([{ method: 'POST', status: 200, requestFaults: [] }])
    expect(application.requests[0]?.headers.get('sec-fetch-site')).toBe('same-origin')
  })

  test('sends all of its options according to the contract', async () => {
    application.answer = async () => Response.json({ status: 'queued' })
    const page = await signedIn()
    for (const request of [
      {},
      { returnTo: '/goodbye' },
      { token: 'a' },
      { token: 'a', tokenTypeHint: 'refresh_token', idTokenHint: 'b', returnTo: '/goodbye', state: 'c' },
    ] as const) {
      expect(await page.evaluate((request) => proxy.logout(request), request)).toEqual({ status: 'queued' })
    }
    expect(application.requests.map(({ requestFaults }) => requestFaults)).toEqual([[], [], [], []])
  })

  test('works on a page with the referrer policy no-referrer, which makes browsers hide the origin', async () => {
    await using strict = await startWebApplication(provider, {}, { 'referrer-policy': 'no-referrer' })
    const page = await openTab(context, `${strict.origin}/sign-in`)
    expect((await page.evaluate(() => proxy.logout())).status).toBe('logged_out')
    expect(strict.requests[0]?.headers.get('origin')).toBe(strict.origin)
  })

  test('notifies the other tabs, but not its own, after the backend has responded', async () => {
    const first = await signedIn()
    const second = await signedIn('/')
    const third = await signedIn('/')
    provider.answerAlways({ delayMs: 200 })
    const logout = first.evaluate(() => proxy.logout())
    await expect.poll(() => application.requests.length).toBe(1)
    expect(await second.evaluate(() => heard)).toEqual([])
    await logout
    for (const tab of [second, third]) {
      await expect.poll(() => tab.evaluate(() => heard)).toEqual([{ status: 'logged_out' }])
    }
    expect(await first.evaluate(() => heard)).toEqual([])
  })

  test('notifies nobody if the backend refuses', async () => {
    application.answer = async () => Response.json({ code: 'cross_site' }, { status: 403 })
    const first = await signedIn()
    const second = await signedIn('/')
    await first.evaluate(() => proxy.logout().catch(() => {}))
    await first.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
    expect(await second.evaluate(() => heard)).toEqual([])
  })

  test('does not notify a removed listener, and a page without listeners still notifies others', async () => {
    const first = await signedIn()
    const second = await signedIn('/')
    await second.evaluate(() => {
      const { onLogout } = client.createLogout({ endpoint: '/logout' })
      const stop = onLogout((result) => heard.push({ status: `extra ${result.status}` }))
      stop()
    })
    await first.evaluate(() => client.createLogout({ endpoint: '/logout' }).logout())
    await expect.poll(() => second.evaluate(() => heard)).toEqual([{ status: 'logged_out' }])
  })

  test('arrives when the tab is closed right after the click', async () => {
    const page = await signedIn()
    const { accessToken = '', refreshToken = '' } = tokens()
    provider.answerAlways({ delayMs: 300 })
    await page.evaluate(() => document.querySelector('button')?.click())
    await page.close()
    await expect.poll(() => provider.isActive(accessToken)).toBe(false)
    await expect.poll(() => provider.isActive(refreshToken)).toBe(false)
    await expect.poll(() => application.sessions.size).toBe(0)
    // The answer still reaches the browser, so the cookie goes too.
    await expect.poll(() => context.cookies()).toEqual([])
  })

  test('arrives when the page is left right after the click', async () => {
    const page = await signedIn()
    const { accessToken = '' } = tokens()
    await page.evaluate(() => {
      document.querySelector('button')?.click()
      location.href = 'about:blank'
    })
    await expect.poll(() => provider.isActive(accessToken)).toBe(false)
  })

  test('ends in bounded time while the provider hangs, and reports the state of the tokens', async () => {
    const page = await signedIn()
    provider.answerAlways({ hang: true })
    expect((await page.evaluate(() => proxy.logout())).status).toBe('local_only')
    expect(await context.cookies()).toEqual([])
  })

  test('continues to the provider for single sign-out, to the return address, or home', async () => {
    const page = await signedIn()
    await page.evaluate(() => void proxy.logoutAndRedirect())
    await page.waitForURL(/\/oidc\/session\/end/)
    const second = await signedIn('/')
    await second.evaluate(() => void proxy.logoutAndRedirect({ returnTo: '/goodbye' }))
    await second.waitForURL(`${application.origin}/goodbye`)
    await second.evaluate(() => void proxy.logoutAndRedirect())
    await second.waitForURL(`${application.origin}/`)
  })

  test('continues to the provider by a form if the URL would be too long', async () => {
    const page = await signedIn()
    const [[id, session] = ['', {}]] = [...application.sessions]
    application.sessions.set(id, { ...session, idToken: `e30.${'a'.repeat(18_000)}.b` })
    const posted = page.waitForRequest((request) => request.method() === 'POST' && /session\/end$/.test(request.url()))
    await page.evaluate(() => void proxy.logoutAndRedirect({ state: 'back' }))
    const form = new URLSearchParams((await posted).postData() ?? '')
    expect(form.get('id_token_hint')).toHaveLength(18_006)
    expect(form.get('state')).toBe('back')
  })

  test.each(['javascript:void(window.ran = true)', 'data:text/html,x'])(
    'goes home instead of %s, whatever the backend returns',
    async (address) => {
      const form = { action: address, fields: { submit: 'x' } }
      for (const answer of [{ logout_url: address }, { logout_form: form }, {}]) {
        application.answer = async () => Response.json({ status: 'logged_out', ...answer })
        const page = await signedIn('/sign-in')
        const left = page.waitForEvent('framenavigated')
        await page.evaluate((returnTo) => void proxy.logoutAndRedirect({ returnTo }), address)
        await left
        expect(page.url()).toBe(`${application.origin}/`)
        expect(await page.evaluate(() => 'ran' in window)).toBe(false)
      }
    },
  )

  test('does not leave the page for an address that the backend does not allow', async () => {
    const page = await signedIn()
    const refused = await page.evaluate(() =>
      proxy.logoutAndRedirect({ returnTo: '//evil.test' }).catch((error) => error.problem),
    )
    expect(refused).toBe('return_to_not_allowed')
    expect(page.url()).toBe(`${application.origin}/`)
  })
})

describe('failures between page and backend', () => {
  const PROBLEM = { 'content-type': 'application/problem+json' }
  const html = (status: number): Response =>
    new Response('<!doctype html>', { status, headers: { 'content-type': 'text/html' } })

  test.each([
    [
      'a refusal',
      () => Response.json({ code: 'cross_site' }, { status: 403, headers: PROBLEM }),
      { code: 'refused', status: 403, problem: 'cross_site' },
    ],
    [
      'a rate limit',
      () => Response.json({ code: 'too_many_requests' }, { status: 429, headers: { ...PROBLEM, 'retry-after': '7' } }),
      { code: 'refused', status: 429, problem: 'too_many_requests', retryAfterMs: 7_000 },
    ],
    ['a login page instead of an answer', () => html(200), { code: 'unexpected_response', status: 200 }],
    ['a missing endpoint', () => html(404), { code: 'unexpected_response', status: 404 }],
    ['an answer of another service', () => Response.json({ ok: true }), { code: 'unexpected_response', status: 200 }],
    ['an unknown status', () => Response.json({ status: 'done' }), { code: 'unexpected_response', status: 200 }],
    [
      'an answer that breaks off',
      () => new Response('{"status":', { headers: { 'content-type': 'application/json' } }),
      { code: 'unexpected_response', status: 200 },
    ],
    ['an empty answer', () => new Response(null, { status: 204 }), { code: 'unexpected_response', status: 204 }],
    [
      'a refusal of something else, whose words get into no message',
      () => Response.json({ code: '\u001b[2J<b>no</b>' }, { status: 403 }),
      { code: 'unexpected_response', status: 403 },
    ],
    [
      'a code that is no text',
      () => Response.json({ code: {} }, { status: 403 }),
      { code: 'unexpected_response', status: 403 },
    ],
    ['null', () => Response.json(null), { code: 'unexpected_response', status: 200 }],
    [
      'a redirect to another site',
      () => new Response(null, { status: 307, headers: { location: 'http://127.0.0.1:9/' } }),
      { code: 'network' },
    ],
  ] as const)('%s is a typed error', async (_case, answer, error) => {
    application.answer = async () => answer()
    const page = await signedIn()
    const caught = await page.evaluate(() =>
      proxy.logout().catch((error) => ({
        ...error,
        code: error.code,
        name: error.name,
        known: client.isLogoutProxyError(error),
        proper: error instanceof client.LogoutProxyError && error instanceof Error,
        cause: undefined,
      })),
    )
    expect(caught).toEqual({ ...error, name: 'LogoutProxyError', known: true, proper: true })
  })

  test('a missing response, the page’s own signal, and a missing connection are distinguished', async () => {
    application.answer = () => new Promise(() => {})
    const page = await signedIn()
    const codes = await page.evaluate(async () => {
      const code = (error: { code: string }): string => error.code
      const { logout } = client.createLogout({ endpoint: '/logout', timeoutMs: 100 })
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 20)
      return [await logout().catch(code), await logout({ signal: stop.signal }).catch(code)]
    })
    expect(codes).toEqual(['timeout', 'aborted'])
    await context.setOffline(true)
    expect(await page.evaluate(() => proxy.logout().catch((error) => error.code))).toBe('network')
  })

  test('an endpoint on another origin is refused immediately', async () => {
    const page = await signedIn()
    const codes = await page.evaluate(() =>
      Promise.all(
        ['https://evil.test/logout', '//evil.test', `http://127.0.0.1:${location.port}/logout`, 'data:,x'].map(
          async (endpoint) => {
            try {
              return (await client.createLogout({ endpoint }).logout()).status
            } catch (error) {
              return client.isLogoutProxyError(error) && error.code
            }
          },
        ),
      ),
    )
    expect(new Set(codes)).toEqual(new Set(['invalid_options']))
  })

  test.each([undefined, null, 1, 'x', {}, new Error('x')])('isLogoutProxyError() rejects %s', async (value) => {
    const { isLogoutProxyError } = await import('@backend-logout/browser-proxy/client')
    expect(isLogoutProxyError(value)).toBe(false)
  })
})
