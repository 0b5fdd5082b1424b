import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { defaultUserAgent, VERSION } from './user-agent.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test("the version is the package's", () => {
  expect(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version).toBe(VERSION)
})

test.each([
  ['Node.js/24', `backend-logout/${VERSION} Node.js/24`],
  ['Deno/2.9.6', `backend-logout/${VERSION} Deno/2.9.6`],
  ['Bun/1.4.0', `backend-logout/${VERSION} Bun/1.4.0`],
  ['Cloudflare-Workers', `backend-logout/${VERSION} Cloudflare-Workers`],
  ['Deno/2\r\nx: y', `backend-logout/${VERSION} Deno/2`],
  ['Mozilla/5.0 (X11; Linux x86_64)', undefined],
])('in %j it is %j', (userAgent, expected) => {
  vi.stubGlobal('navigator', { userAgent })
  expect(defaultUserAgent()).toBe(expected)
})

test('without a navigator, it names only the package', () => {
  vi.stubGlobal('navigator', undefined)
  expect(defaultUserAgent()).toBe(`backend-logout/${VERSION}`)
})
