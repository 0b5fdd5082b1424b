import { createLogoutClient } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { withContract } from '../testing/contract.ts'
import { createLogoutHandler, type LogoutHandlerOptions } from './index.ts'

const ORIGIN = 'https://app.example.com'
const MAX = 65_536

/** A handler without sessions; it records whether a request passed the guards. */
function application(options: Partial<LogoutHandlerOptions> = {}) {
  const touched: string[] = []
  const handler = withContract(
    createLogoutHandler({
      client: createLogoutClient({ appId: 'app', appHost: 'http://127.0.0.1:9' }),
      session: {
        read: () => void touched.push('read') as undefined,
        clear: () => {
          touched.push('clear')
          return { 'set-cookie': 'session=; Max-Age=0' }
        },
      },
      ...options,
    }),
  )
  return { handler, touched }
}

const METHODS = ['POST', 'GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const TYPES = [
  null,
  'application/json',
  'application/json; charset=UTF-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/jsonp',
]
const HEADERS = ['1', null, '', '0', 'true']
const ORIGINS = [
  ORIGIN,
  null,
  'null',
  'http://app.example.com',
  'https://app.example.com:444',
  'https://app.example.com.evil.test',
  'https://evil.test',
  'https://sub.app.example.com',
]
const SITES = ['same-origin', null, 'same-site', 'cross-site', 'none', 'bogus']
const SIZES = [0, 2, MAX, MAX + 1]

/** The table of the contract, in its order. */
function expected(
  method: string,
  header: string | null,
  origin: string | null,
  site: string | null,
  type: string | null,
  size: number,
) {
  if (method !== 'POST') return 405
  if (header !== '1' || origin !== ORIGIN || !(site === null || site === 'same-origin')) return 403
  if (type !== null && !/^application\/json(; charset=UTF-8)?$/.test(type)) return 415
  if (size > MAX) return 413
  return size > 0 && type === null ? 415 : 200
}

test.each(METHODS)(
  'the guards accept %s only as the contract allows, whatever else is in the request',
  async (method) => {
    const { handler, touched } = application()
    const wrong: unknown[] = []
    let passed = 0
    let count = 0
    for (const type of TYPES)
      for (const header of HEADERS)
        for (const origin of ORIGINS)
          for (const site of SITES)
            for (const size of /GET|HEAD/.test(method) ? [0] : SIZES) {
              count += 1
              const headers = new Headers()
              if (header !== null) headers.set('x-logout-request', header)
              if (origin !== null) headers.set('origin', origin)
              if (site !== null) headers.set('sec-fetch-site', site)
              const body = size ? new TextEncoder().encode(`{${'}'.padStart(size - 1)}`) : null
              const request = new Request(`${ORIGIN}/logout`, { method, headers, body })
              if (type !== null) request.headers.set('content-type', type)
              const { status, headers: answered } = await handler(request)
              const want = expected(method, header, origin, site, type, size)
              const changed = touched.splice(0).join()
              if (
                status !== want ||
                changed !== (want === 200 ? 'read,clear' : '') ||
                answered.has('set-cookie') !== (want === 200)
              ) {
                wrong.push({ type, header, origin, site, size, status, want, changed })
              }
              if (want === 200) passed += 1
            }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(1_000)
    // POST with the header and the correct origin: two sites times all combinations of type and size.
    expect(passed).toBe(method === 'POST' ? 2 * (1 + 2 * 3) : 0)
  },
  60_000,
)

test.each([
  ['sec-purpose', 'prefetch'],
  ['sec-purpose', 'prefetch;prerender'],
  ['purpose', 'prefetch'],
  ['x-purpose', 'preview'],
  ['x-moz', 'prefetch'],
])('a prefetch is refused, identified by %s: %s', async (name, value) => {
  const { handler, touched } = application()
  const headers = { origin: ORIGIN, 'x-logout-request': '1', [name]: value }
  const answer = await handler(new Request(`${ORIGIN}/logout`, { method: 'POST', headers }))
  expect(answer.status).toBe(403)
  expect((await answer.json()).code).toBe('prefetch')
  expect(touched).toEqual([])
})

test.each(['http://a:99999/logout', '/logout', 'http://a b/logout'])(
  'a request with an invalid URL, which some runtimes pass on, is refused: %s',
  async (url) => {
    const { handler, touched } = application({ allowedOrigins: [ORIGIN] })
    const headers = { origin: ORIGIN, 'x-logout-request': '1' }
    const request = new Request(`${ORIGIN}/logout`, { method: 'POST', headers })
    const answer = await handler(Object.defineProperty(request, 'url', { value: url }))
    expect(answer.status).toBe(400)
    expect((await answer.json()).code).toBe('malformed_request')
    expect(touched).toEqual([])
  },
)

test('a compressed body is refused', async () => {
  const { handler, touched } = application()
  const headers = {
    origin: ORIGIN,
    'x-logout-request': '1',
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  }
  const answer = await handler(new Request(`${ORIGIN}/logout`, { method: 'POST', headers, body: '{}' }))
  expect(answer.status).toBe(415)
  expect(touched).toEqual([])
})

const ask = (url: string, headers: Record<string, string>): Request =>
  new Request(url, { method: 'POST', headers: { 'x-logout-request': '1', ...headers } })

test.each([
  [
    'no header is trusted unless configured',
    {},
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' },
    403,
  ],
  [
    'X-Forwarded-* count if configured',
    { trustedProxyHeader: 'x-forwarded' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' },
    200,
  ],
  [
    'the value of the nearest proxy counts',
    { trustedProxyHeader: 'x-forwarded' },
    { 'x-forwarded-proto': 'http, https', 'x-forwarded-host': 'evil.test, app.example.com' },
    200,
  ],
  [
    'a value that a client has forged does not',
    { trustedProxyHeader: 'x-forwarded' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com, inner' },
    403,
  ],
  [
    'Forwarded is ignored',
    { trustedProxyHeader: 'x-forwarded' },
    { forwarded: 'proto=https;host=app.example.com' },
    403,
  ],
  [
    'an invalid value in a trusted header is refused',
    { trustedProxyHeader: 'x-forwarded' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com/x@' },
    403,
  ],
  [
    'also another scheme',
    { trustedProxyHeader: 'x-forwarded' },
    { 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'app.example.com' },
    403,
  ],
  [
    'with allowedOrigins, no header needs to be trusted',
    { allowedOrigins: [ORIGIN, 'https://www.example.com'] },
    {},
    200,
  ],
  ['and the server’s address does not count', { allowedOrigins: ['https://www.example.com'] }, {}, 403],
] as [string, Partial<LogoutHandlerOptions>, Record<string, string>, number][])(
  'behind a reverse proxy: %s',
  async (_case, options, headers, status) => {
    const { handler } = application(options)
    const answer = await handler(ask('http://inner:8080/logout', { origin: ORIGIN, ...headers }))
    expect(answer.status).toBe(status)
  },
)

test('if a trusted header is missing, the server’s own address fills in', async () => {
  const { handler } = application({ trustedProxyHeader: 'x-forwarded' })
  const answer = await handler(ask('http://app.example.com/logout', { origin: ORIGIN, 'x-forwarded-proto': 'https' }))
  expect(answer.status).toBe(200)
})

test('a rate limit refuses with the time to wait, in whole seconds', async () => {
  const { handler, touched } = application({ throttle: () => 1_500 })
  const answer = await handler(ask(`${ORIGIN}/logout`, { origin: ORIGIN }))
  expect(answer.status).toBe(429)
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(touched).toEqual([])
})

test('the rate limit is not called for requests that the guards refuse', async () => {
  let asked = 0
  const throttle = (): undefined => {
    asked += 1
  }
  const { handler } = application({ throttle })
  await handler(ask(`${ORIGIN}/logout`, { origin: 'https://evil.test' }))
  expect(asked).toBe(0)
  expect((await handler(ask(`${ORIGIN}/logout`, { origin: ORIGIN }))).status).toBe(200)
  expect(asked).toBe(1)
})

test('a rate limit that fails does not stop a logout', async () => {
  const events: string[] = []
  const { handler } = application({
    throttle: () => Promise.reject(new Error('limiter down')),
    onEvent: (event) => events.push(event.type === 'failure' ? event.step : event.type),
  })
  expect((await handler(ask(`${ORIGIN}/logout`, { origin: ORIGIN }))).status).toBe(200)
  expect(events).toEqual(['throttle', 'no_session', 'outcome'])
})
