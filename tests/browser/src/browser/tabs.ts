import type * as browserProxy from '@backend-logout/browser-proxy/client'
import type { BrowserContext, Page } from 'playwright-core'

declare global {
  // The function that the application's page puts there.
  var client: typeof browserProxy
  var proxy: browserProxy.BrowserLogout
  var heard: { status: string }[]
}

/** Opens the application in a tab and waits until its script has run. */
export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForSelector('html[data-ready]')
  return page
}
