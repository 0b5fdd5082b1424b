import { type Demo, startDemo } from '@backend-logout/example-browser'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { launchOptions } from './browser/find-chromium.ts'

let demo: Demo
let browser: Browser
let context: BrowserContext
let page: Page
beforeAll(async () => {
  demo = await startDemo()
  browser = await chromium.launch(launchOptions(inject('chromium')))
}, 60_000)
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
})
afterEach(() => context.close())
afterAll(async () => {
  await browser?.close()
  await demo?.[Symbol.asyncDispose]()
})

/** With an authorization code, through the provider's own login page. */
async function signIn(user = 'alice'): Promise<void> {
  await page.goto(demo.url)
  await page.click('text=Sign in')
  await page.waitForURL(/\/interaction\//)
  await page.fill('input[name=login]', user)
  await page.click('button')
  await page.waitForURL(demo.url)
  await page.waitForSelector(`#user:text-is("${user}")`)
}
const cookie = async () => (await context.cookies(demo.url)).find(({ name }) => name === 'session')
const states = () => page.locator('#tokens tr td:last-child').allTextContents()
const happened = () => page.locator('#log li').first().textContent()
const stolenCopy = async (): Promise<string> => {
  await page.click('#use-stolen')
  const text = await page.waitForFunction(() => document.querySelector('#stolen')?.textContent)
  return (await text.jsonValue()) ?? ''
}

test('sign in, call the API, log out: the tokens are inactive, the cookie is gone, and the other tab is notified', async () => {
  await signIn()
  expect((await cookie())?.httpOnly).toBe(true)
  await page.click('#call-api')
  await expect.poll(happened).toContain('The API answers 200')
  await expect.poll(async () => (await states()).slice(0, 2)).toEqual(['● alive', '● alive'])
  expect(await stolenCopy()).toBe('200: it works')

  const other = await context.newPage()
  await other.goto(demo.url)
  await other.waitForSelector('#user:text-is("alice")')
  await page.click('#log-out')
  await expect.poll(happened).toContain('Answer: logged_out')
  // The keyboard focus continues where the buttons have changed.
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Sign in')
  expect(await cookie()).toBeUndefined()
  await expect.poll(async () => (await states()).slice(0, 2)).toEqual(['✕ dead', '✕ dead'])
  expect(await stolenCopy()).toBe('401: refused')
  expect(demo.provider.countActive()).toBe(0)

  await other.waitForSelector('#user:text-is("Nobody is signed in")')
  expect(await other.locator('#log li').first().textContent()).toContain('Logged out in another tab: logged_out')
})

test('a provider that fails: the logout is queued, and completed once the provider recovers', async () => {
  await signIn('bob')
  await page.check('[value=fails]')
  await expect.poll(async () => (await states()).slice(0, 2)).toEqual(['● alive', '● alive'])
  await page.click('#log-out')
  await expect.poll(happened, { timeout: 30_000 }).toContain('Answer: queued')
  expect(await cookie()).toBeUndefined()
  expect(await stolenCopy()).toBe('200: it works')
  await page.check('[value=works]')
  await expect.poll(async () => (await states()).slice(0, 2), { timeout: 30_000 }).toEqual(['✕ dead', '✕ dead'])
  await expect.poll(() => page.locator('#waiting').textContent(), { timeout: 30_000 }).toBe('0')
}, 90_000)

test('a provider that hangs, without an outbox: the page states that the tokens still work', async () => {
  await signIn('carol')
  await expect.poll(async () => (await states()).slice(0, 2)).toEqual(['● alive', '● alive'])
  await page.check('[value=hangs]')
  await page.uncheck('[name=useOutbox]')
  await page.click('#log-out')
  await expect.poll(happened, { timeout: 30_000 }).toContain('Answer: local_only')
  expect(await cookie()).toBeUndefined()
  expect(await stolenCopy()).toBe('200: it works')
  await page.check('[value=works]')
  await page.check('[name=useOutbox]')
}, 60_000)

test('logging out at the provider ends the session there and returns', async () => {
  await signIn('dave')
  const visited: string[] = []
  page.on('request', (request) => request.isNavigationRequest() && visited.push(new URL(request.url()).pathname))
  await page.click('#log-out-everywhere')
  await expect.poll(() => visited).toContain('/oidc/session/end')
  await expect.poll(() => page.url()).toBe(demo.url)
  await page.waitForSelector('#user:text-is("Nobody is signed in")')
})

test('the page has no horizontal scrolling on a phone, and every control has a name', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  await signIn('erin')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  const nameless = await page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLElement>('button, a, input')].filter(
        (control) => !(control.textContent || (control as HTMLInputElement).labels?.[0]?.textContent),
      ).length,
  )
  expect(nameless).toBe(0)
})
