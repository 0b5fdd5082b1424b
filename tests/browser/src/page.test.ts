import { describe, expect, test } from 'vitest'
import { setPageScene } from './browser/page-scene.ts'
import { openTab } from './browser/tabs.ts'
import { startWebApplication } from './browser/web-application.ts'

const scene = await setPageScene()
const { provider, signedIn } = scene

const tokens = () => [...scene.application.sessions.values()][0] ?? {}

describe('a logout from a real page', () => {
  test('revokes the tokens, ends the session, deletes the cookie, and follows the contract', async () => {
    const page = await signedIn()
    const { accessToken = '', refreshToken = '' } = tokens()
    expect(await scene.context.cookies()).toHaveLength(1)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const result = await page.evaluate(() => proxy.logout())
    expect(result.status).toBe('logged_out')
    expect(result.logoutUrl).toContain('/oidc/session/end?id_token_hint=')
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await provider.isActive(refreshToken)).toBe(false)
    expect(await scene.context.cookies()).toEqual([])
    expect(scene.application.sessions.size).toBe(0)
    expect(scene.application.requests).toMatchObject([{ method: 'POST', status: 200, requestFaults: [] }])
    expect(scene.application.requests[0]?.headers.get('sec-fetch-site')).toBe('same-origin')
  })

  test('sends all of its options according to the contract', async () => {
    scene.application.answer = async () => Response.json({ status: 'queued' })
    const page = await signedIn()
    for (const request of [
      {},
      { returnTo: '/goodbye' },
      { token: 'a' },
      { token: 'a', tokenTypeHint: 'refresh_token', idTokenHint: 'b', returnTo: '/goodbye', state: 'c' },
    ] as const) {
      expect(await page.evaluate((request) => proxy.logout(request), request)).toEqual({ status: 'queued' })
    }
    expect(scene.application.requests.map(({ requestFaults }) => requestFaults)).toEqual([[], [], [], []])
  })

  test('works on a page with the referrer policy no-referrer, which makes browsers hide the origin', async () => {
    await using strict = await startWebApplication(provider, {}, { 'referrer-policy': 'no-referrer' })
    const page = await openTab(scene.context, `${strict.origin}/sign-in`)
    expect((await page.evaluate(() => proxy.logout())).status).toBe('logged_out')
    expect(strict.requests[0]?.headers.get('origin')).toBe(strict.origin)
  })

  test('notifies the other tabs, but not its own, after the backend has responded', async () => {
    const first = await signedIn()
    const second = await signedIn('/')
    const third = await signedIn('/')
    provider.answerAlways({ delayMs: 200 })
    const logout = first.evaluate(() => proxy.logout())
    await expect.poll(() => scene.application.requests.length).toBe(1)
    expect(await second.evaluate(() => heard)).toEqual([])
    await logout
    for (const tab of [second, third]) {
      await expect.poll(() => tab.evaluate(() => heard)).toEqual([{ status: 'logged_out' }])
    }
    expect(await first.evaluate(() => heard)).toEqual([])
  })

  test('notifies nobody if the backend refuses', async () => {
    scene.application.answer = async () => Response.json({ code: 'cross_site' }, { status: 403 })
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
    await expect.poll(() => scene.application.sessions.size).toBe(0)
    // The response still reaches the browser, so the cookie is also deleted.
    await expect.poll(() => scene.context.cookies()).toEqual([])
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
    expect(await scene.context.cookies()).toEqual([])
  })

  test('continues to the provider for single sign-out, to the return address, or home', async () => {
    const page = await signedIn()
    await page.evaluate(() => void proxy.logoutAndRedirect())
    await page.waitForURL(/\/oidc\/session\/end/)
    const second = await signedIn('/')
    await second.evaluate(() => void proxy.logoutAndRedirect({ returnTo: '/goodbye' }))
    await second.waitForURL(`${scene.application.origin}/goodbye`)
    await second.evaluate(() => void proxy.logoutAndRedirect())
    await second.waitForURL(`${scene.application.origin}/`)
  })

  test('continues to the provider by a form if the URL would be too long', async () => {
    const page = await signedIn()
    const [[id, session] = ['', {}]] = [...scene.application.sessions]
    scene.application.sessions.set(id, { ...session, idToken: `e30.${'a'.repeat(18_000)}.b` })
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
        scene.application.answer = async () => Response.json({ status: 'logged_out', ...answer })
        const page = await signedIn('/sign-in')
        const left = page.waitForEvent('framenavigated')
        await page.evaluate((returnTo) => void proxy.logoutAndRedirect({ returnTo }), address)
        await left
        expect(page.url()).toBe(`${scene.application.origin}/`)
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
    expect(page.url()).toBe(`${scene.application.origin}/`)
  })
})
