import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as core from '@backend-logout/core'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launchOptions } from './browser/find-chromium.ts'

declare global {
  var logoutCore: typeof core
}

const PAGE = `<!doctype html><title>page</title>
<script type="module">import * as core from '/core.js'; globalThis.logoutCore = core</script>`

/** The modules of core as a bundler creates them for a page: those that are loaded on demand are separate files. */
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(import.meta.resolve('@backend-logout/core'))],
  outdir: '/',
  entryNames: 'core',
  bundle: true,
  splitting: true,
  format: 'esm',
  write: false,
})
const modules = new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]))

/** The outcome of a request: a response, a broken connection, or nothing. */
type Fate = 'answers' | 'breaks' | 'hangs'

/** The application of a page: its modules, and a provider of the same origin. */
let code: { readonly fate: Fate; readonly name: RegExp }
let provider: { readonly fate: Fate; readonly status: number; readonly body: string }
const asked: string[] = []
const server = createServer((request, response) => {
  const path = request.url ?? ''
  const known = modules.get(path)
  const fate = path === '/revoke' ? provider.fate : known && code.name.test(path) ? code.fate : 'answers'
  if (path === '/revoke') asked.push(path)
  if (fate === 'hangs') return
  if (fate === 'breaks') return request.socket.destroy()
  if (path === '/revoke') return response.writeHead(provider.status).end(provider.body)
  const type = known ? 'text/javascript' : 'text/html'
  response.writeHead(200, { 'content-type': type }).end(known ?? PAGE)
})

let browser: Browser
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  browser = await chromium.launch(launchOptions(inject('chromium')))
})
afterAll(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})

type Call = 'revokeToken' | 'verify' | 'logout' | 'introspectToken' | 'revokeTokens'

/** Makes one call in a new page, and reports its outcome. */
async function callInPage(call: Call): Promise<Record<string, unknown>> {
  asked.length = 0
  await using context = await browser.newContext()
  const page = await context.newPage()
  const { port } = server.address() as AddressInfo
  await page.goto(`http://127.0.0.1:${port}/`)
  return await page.evaluate(async (call) => {
    const { createLogoutClient, isLogoutError } = logoutCore
    const at = `${location.origin}/revoke`
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: at, introspection: at },
      timeoutMs: 500,
      deadlineMs: 1_000,
    })
    const calls: Record<typeof call, () => Promise<unknown>> = {
      revokeToken: () => client.revokeToken('secret-of-the-user'),
      verify: () => client.revokeToken('secret-of-the-user', { verify: true }),
      logout: () => client.logout({ accessToken: 'secret-of-the-user' }),
      introspectToken: () => client.introspectToken('secret-of-the-user'),
      revokeTokens: async () => {
        for await (const { error } of client.revokeTokens(['secret-of-the-user'])) if (error) throw error
      },
    }
    try {
      return { value: await calls[call]() }
    } catch (error) {
      return isLogoutError(error) ? error.toJSON() : { thrown: String(error) }
    }
  }, call)
}

describe.each<Fate>(['breaks', 'hangs'])('if the code that describes failures %s', (fate) => {
  test.each([
    ['breaks', 'network', true],
    ['hangs', 'timeout', true],
    ['answers', 'client_auth_failed', false],
  ] as const)('a provider that %s is reported as %s', async (providerFate, expected, retryable) => {
    code = { fate, name: /attempt-history/ }
    provider = { fate: providerFate, status: 401, body: 'secret-of-the-user is unknown' }
    const error = await callInPage('revokeToken')
    expect(error).toMatchObject({ name: 'LogoutError', code: expected, retryable, tokenMayBeLive: true, attempts: 1 })
    expect(error.status).toBe(providerFate === 'answers' ? 401 : undefined)
    expect(JSON.stringify(error)).not.toContain('secret-of-the-user')
  })

  test('a success requires none of it', async () => {
    code = { fate, name: /attempt-history/ }
    provider = { fate: 'answers', status: 200, body: '' }
    expect(await callInPage('revokeToken')).toEqual({ value: true })
  })
})

test.each<Fate>(['breaks', 'hangs'])(
  "if the code that reads responses %s, the provider's response is unknown",
  async (fate) => {
    code = { fate, name: /verdict/ }
    provider = { fate: 'answers', status: 401, body: '' }
    const expected = fate === 'breaks' ? 'network' : 'timeout'
    expect(await callInPage('revokeToken')).toMatchObject({ name: 'LogoutError', code: expected, tokenMayBeLive: true })
    // Nothing else is reached.
    code = { fate, name: /verdict|attempt-history/ }
    expect(await callInPage('revokeToken')).toMatchObject({ name: 'LogoutError', code: expected, tokenMayBeLive: true })
  },
)

test.each([
  ['verify', /verify/],
  ['logout', /logout-/],
  ['introspectToken', /introspect/],
  ['revokeTokens', /bulk-run/],
] as const)('if the code of %s cannot be loaded, nothing is sent', async (call, name) => {
  provider = { fate: 'answers', status: 200, body: '' }
  for (const fate of ['breaks', 'hangs'] as const) {
    code = { fate, name }
    expect(await callInPage(call)).toMatchObject({
      name: 'LogoutError',
      code: 'network',
      retryable: true,
      message: 'Code of this client could not be loaded. Nothing was sent.',
    })
    expect(asked).toEqual([])
  }
})
