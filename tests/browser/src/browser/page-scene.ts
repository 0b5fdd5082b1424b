import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { launchOptions } from './find-chromium.ts'
import { openTab } from './tabs.ts'
import { startWebApplication, type WebApplication } from './web-application.ts'

/** Set-up for the tests of a page: a provider, and for each test an application and a browser without cookies. */
export interface PageScene {
  readonly provider: Emulator
  readonly application: WebApplication
  readonly context: BrowserContext
  /** Opens a page of a user who is signed in. */
  signedIn(path?: string): Promise<Page>
}

/** Sets the scene for the tests of a file. */
export async function setPageScene(): Promise<PageScene> {
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
  return {
    provider,
    get application() {
      return application
    },
    get context() {
      return context
    },
    signedIn: (path = '/sign-in') => openTab(context, application.origin + path),
  }
}
