import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startEmulator } from '@backend-logout/emulator'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { launchOptions } from './browser/find-chromium.ts'
import { openTab } from './browser/tabs.ts'
import { ARRIVING, CLOSED, type WayIn } from './browser/ways-in.ts'
import { startWebApplication, type WebApplication } from './browser/web-application.ts'

const provider = await startEmulator()

/** The attacker's server: an empty page, and a redirect to any address in the request. */
const attacker = createServer((request, response) => {
  const to = new URL(request.url ?? '', 'http://x').searchParams.get('to')
  if (to) response.writeHead(307, { location: to }).end()
  else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>')
})
attacker.listen(0, '127.0.0.1')
await once(attacker, 'listening')
const { port: attackerPort } = attacker.address() as AddressInfo

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch(launchOptions(inject('chromium')))
})
afterAll(async () => {
  await browser.close()
  attacker.closeAllConnections()
  attacker.close()
  await provider.close()
})

describe.each([
  // The same host under another port is the same site: even SameSite=Strict cookies go along.
  ['another origin of the same site', 'same-site', `http://localhost:${attackerPort}`],
  ['another site', 'cross-site', `http://127.0.0.1:${attackerPort}`],
])('from %s', (_name, site, attackerOrigin) => {
  let application: WebApplication
  let context: BrowserContext
  let victim: Page
  beforeAll(async () => {
    application = await startWebApplication(provider)
    context = await browser.newContext()
    victim = await openTab(context, `${application.origin}/sign-in`)
    return async () => {
      await context.close()
      await application[Symbol.asyncDispose]()
    }
  })
  beforeEach(() => {
    application.requests.length = 0
  })

  const attack = async (wayIn: WayIn): Promise<{ result: Promise<unknown> }> => {
    const page = await context.newPage()
    await page.goto(attackerOrigin)
    const result = page.evaluate(
      ([source, endpoint]) => new Function('endpoint', `return (${source})(endpoint)`)(endpoint),
      [wayIn.toString(), `${application.origin}/logout`] as const,
    )
    // Some ways lead away from the page that they started on.
    result.catch(() => {})
    return { result }
  }
  const stillLoggedIn = async (): Promise<void> => {
    const [tokens] = application.sessions.values()
    expect(await provider.isActive(tokens?.accessToken ?? '')).toBe(true)
    expect(await provider.isActive(tokens?.refreshToken ?? '')).toBe(true)
    expect(await context.cookies(application.origin)).toHaveLength(1)
  }

  test.each(Object.entries(ARRIVING))('%s arrives, and logs nobody out', async (_way, wayIn) => {
    // The page is closed with its context: closing a page that is navigating can take forever.
    await attack(wayIn)
    await expect.poll(() => application.requests.at(0)?.status).toBeDefined()
    for (const { method, headers, status, clearedCookie } of application.requests) {
      expect(status).toBe(method === 'POST' ? 403 : 405)
      expect(clearedCookie).toBe(false)
      const asks = method === 'OPTIONS'
      // The browser sends the cookie, so only the guards protect the user. From another site, it does so only when it
      // navigates there; a sandbox is another site to everyone.
      const sandboxed = headers.get('sec-fetch-site') !== site
      if (!asks && site === 'same-site' && !sandboxed) expect(headers.get('cookie') ?? '').toContain('__Host-session=')
    }
    await stillLoggedIn()
  })

  test.each(Object.entries(CLOSED))('%s does not even arrive', async (_way, wayIn) => {
    const { result } = await attack(wayIn)
    expect(await result).toMatch(/^(TypeError|SecurityError)$/)
    expect(application.requests).toEqual([])
    await stillLoggedIn()
  })

  test('the browser marks requests that arrive as coming from another origin', async () => {
    await attack((endpoint) => navigator.sendBeacon(endpoint, '{}'))
    await expect.poll(() => application.requests.length).toBe(1)
    expect(application.requests[0]?.headers.get('sec-fetch-site')).toBe(site)
  })

  test('and the user can still log out', async () => {
    expect((await victim.evaluate(() => proxy.logout())).status).toBe('logged_out')
    expect(await context.cookies(application.origin)).toEqual([])
  })
})
