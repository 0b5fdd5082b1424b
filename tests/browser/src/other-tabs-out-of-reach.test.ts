import { startEmulator } from '@backend-logout/emulator'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { describeBehavior } from '../../providers/src/describe-behavior.ts'
import { launchOptions } from './browser/find-chromium.ts'
import { openTab } from './browser/tabs.ts'
import { startWebApplication } from './browser/web-application.ts'

const provider = await startEmulator({ redirectUris: ['http://localhost/callback'] })
let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch(launchOptions(inject('chromium')))
})
afterAll(async () => {
  await browser.close()
  await provider.close()
})

/** The APIs that a page's script finds in a browser that isolates tabs; run before any script of the page. */
const FAULTS = {
  'the constructor throws, as in Firefox with blocked cookies': () => {
    globalThis.BroadcastChannel = class {
      constructor() {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }
    } as never
  },
  'there is no such class': () => {
    Reflect.deleteProperty(globalThis, 'BroadcastChannel')
  },
  'postMessage() throws': () => {
    BroadcastChannel.prototype.postMessage = () => {
      throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError')
    }
  },
  'all storage throws': () => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore']) {
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
    }
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  },
}

describeBehavior('other-tabs-out-of-reach', () => {
  test.each(Object.entries(FAULTS))('the logout works if %s', async (_fault, fault) => {
    await using application = await startWebApplication(provider, { returnTo: ['/goodbye'] })
    await using context = await browser.newContext()
    await context.addInitScript(fault)
    const page = await openTab(context, `${application.origin}/sign-in`)
    const { accessToken = '' } = [...application.sessions.values()][0] ?? {}
    expect((await page.evaluate(() => proxy.logout())).status).toBe('logged_out')
    expect(await provider.isActive(accessToken)).toBe(false)
    // A listener can still be added and removed.
    expect(await page.evaluate(() => proxy.onLogout(() => {})())).toBeUndefined()
    await page.evaluate(() => void proxy.logoutAndRedirect({ returnTo: '/goodbye' }))
    await page.waitForURL(`${application.origin}/goodbye`)
  })

  test('in a frame without an address, the endpoint causes a typed error', async () => {
    await using application = await startWebApplication(provider)
    await using context = await browser.newContext()
    const page = await openTab(context, `${application.origin}/sign-in`)
    const code = await page.evaluate(async () => {
      const frame = document.createElement('iframe')
      frame.srcdoc = '<p>Nothing</p>'
      document.body.append(frame)
      await new Promise((resolve) => frame.addEventListener('load', resolve))
      const script = frame.contentDocument?.createElement('script') as HTMLScriptElement
      script.type = 'module'
      script.textContent = `import { createLogout } from '${location.origin}/client.js'
        try { await createLogout({ endpoint: '/logout' }).logout() } catch (error) { window.code = error.code }
        window.done = true`
      frame.contentDocument?.body.append(script)
      const inner = frame.contentWindow as Window & { done?: boolean; code?: string }
      while (!inner.done) await new Promise((resolve) => setTimeout(resolve, 20))
      return inner.code
    })
    expect(code).toBe('invalid_options')
  })
})
