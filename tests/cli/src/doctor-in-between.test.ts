import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { run } from './command-line.ts'

/** The doctor's findings if every response is the same. */
async function examined(status: number, headers: Record<string, string>, body = '<h1>Sorry'): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(status, headers).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'canary-secret',
      AUTHING_APP_HOST: url,
      AUTHING_APP_RETRIES: '0',
    }
    const { code, stdout, stderr } = await run(['doctor'], { env })
    expect(code).toBe(1)
    expect(stdout + stderr).not.toContain('canary')
    return stdout
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

test.each<[name: string, status: number, headers: Record<string, string>]>([
  ["Cloudflare's firewall", 403, { 'cf-mitigated': 'challenge', server: 'cloudflare' }],
  ['Cloudflare', 403, { server: 'cloudflare' }],
  ["Amazon's firewall", 405, { 'x-amzn-waf-action': 'captcha' }],
  ["Amazon's load balancer", 403, { server: 'awselb/2.0' }],
  ['Akamai', 403, { server: 'AkamaiGHost' }],
  ['Imperva', 200, { 'x-iinfo': '1-2-3' }],
  ['DataDome', 403, { 'x-datadome': 'protected' }],
  ['Sucuri', 403, { 'x-sucuri-block': 'BLOCK' }],
  ['a captive portal', 511, {}],
])('the doctor names what responds in front of the provider: %s', async (name, status, headers) => {
  const told = await examined(status, { 'content-type': 'text/html', ...headers })
  expect(told).toContain(
    `→ It was sent by ${name}, in front of the provider: ask the operator to let this client through.`,
  )
})

test('the doctor names no sender if nothing identifies it', async () => {
  const told = await examined(403, { 'content-type': 'text/html', server: 'nginx' })
  expect(told).toContain('→ This does not look like a response from the provider.')
  expect(told).not.toContain('It was sent by')
})

// Each waits for the stated time.
test.concurrent.each<[what: string, status: number, headers: Record<string, string>, wait: string]>([
  ['seconds', 429, { 'retry-after': '7' }, '7 s'],
  ['a date', 429, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }, '3\\d\\d\\d s'],
  ['milliseconds', 429, { 'retry-after-ms': '6500' }, '7 s'],
  ['the reset of a rate limit', 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }, '9 s'],
  ['nothing', 429, {}, 'a while'],
])(
  'the doctor reports how long a provider throttles if it specifies that by %s',
  { timeout: 240_000 },
  async (_what, status, headers, wait) => {
    const told = await examined(status, { 'content-type': 'application/json', ...headers }, '{"error":"slow_down"}')
    expect(told).toMatch(new RegExp(`→ The provider throttles this client\\. Wait ${wait}, and use --concurrency 1`))
  },
)
