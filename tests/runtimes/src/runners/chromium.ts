import { launchChromium } from '../launch-chromium.ts'
import { serveModules } from '../serve-modules.ts'

const server = await serveModules('/runners/page.ts')
const browser = await launchChromium()
const page = await browser.newPage()
page.on('pageerror', (error) => console.error(error))
page.on('console', (message) => console.error(message.text()))
await page.goto(server.url)
await page.waitForFunction(() => document.title.endsWith('failed'), undefined, { timeout: 90_000 })
process.exitCode = (await page.title()) === '0 failed' ? 0 : 1
await browser.close()
server.close()
