import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkBaseUrl, checkUrl, endpointName } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

describe('checkUrl()', () => {
  test.each([
    'https://id.example.com',
    'https://id.example.com:8443/tenant/?x=1',
    'http://localhost',
    'http://app.localhost:3000',
    'http://127.0.0.1:8080',
    'http://127.1.2.3',
    'http://2130706433',
    'http://[::1]:8080',
    'HTTPS://ID.EXAMPLE.COM',
  ])('accepts %s', (url) => {
    expect(checkUrl(url, 'appHost', false).href).toBe(new URL(url).href)
    expect(checkUrl(new URL(url), 'appHost', false).href).toBe(new URL(url).href)
  })

  test.each([
    ['http', 'http://id.example.com', /https/],
    ['http to what only looks like loopback', 'http://localhost.example.com', /https/],
    ['http to a number that is not loopback', 'http://128.0.0.1', /https/],
    ['http to all addresses', 'http://0.0.0.0', /https/],
    ['another scheme', 'ftp://id.example.com', /https/],
    ['no host', 'data:text/plain,x', /absolute/],
    ['a scheme that runs', 'javascript:alert(1)', /absolute/],
    ['a path', '/oidc', /absolute/],
    ['a bare host', 'id.example.com', /absolute/],
    ['an empty text', '', /absolute/],
    ['a user name', 'https://canary@id.example.com', /user name/],
    ['a password', 'https://:canary@id.example.com', /password/],
    ['a fragment', 'https://id.example.com/#canary', /fragment/],
    ['an empty fragment', 'https://id.example.com/#', /fragment/],
    ['a very long address', `https://id.example.com/${'x'.repeat(2048)}`, /2048/],
    ['a number', 7, /URL/],
    ['an object', { href: 'https://id.example.com' }, /URL/],
    ['null', null, /URL/],
    ['nothing', undefined, /URL/],
  ])('refuses %s, and names the option', async (_what, value, message) => {
    const error = await logoutErrorOf(() => checkUrl(value, 'appHost', false))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/^appHost /)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('canary')
  })

  test('accepts http to other hosts if allowed, but no other scheme', async () => {
    expect(checkUrl('http://id.example.com', 'appHost', true).href).toBe('http://id.example.com/')
    await logoutErrorOf(() => checkUrl('ftp://id.example.com', 'appHost', true))
  })

  test('throws the given code', async () => {
    const error = await logoutErrorOf(() => checkUrl('x', "The provider's endpoint", false, 'discovery_failed'))
    expect(error.code).toBe('discovery_failed')
  })

  test('accepts only https and loopback, without fragment or credentials, for any input', () => {
    const address = fc.oneof(
      fc.webUrl({ validSchemes: ['http', 'https', 'ftp', 'ws'], withFragments: true, withQueryParameters: true }),
      fc.string(),
      fc.anything(),
      fc
        .tuple(
          fc.constantFrom('http', 'https'),
          fc.oneof(
            fc.ipV4Extended(),
            fc.ipV6().map((ip) => `[${ip}]`),
            fc.domain(),
          ),
        )
        .map(([scheme, host]) => `${scheme}://${host}`),
    )
    fc.assert(
      fc.property(address, (value) => {
        try {
          const url = checkUrl(value, 'appHost', false)
          expect(url.protocol === 'https:' || /^(?:127\.|\[::1\]$|.*localhost$)/.test(url.hostname)).toBe(true)
          expect([url.hash, url.username, url.password]).toEqual(['', '', ''])
        } catch (error) {
          expect(error).toBeInstanceOf(LogoutError)
        }
      }),
    )
  })
})

describe('checkBaseUrl()', () => {
  test.each(['https://id.example.com', 'https://id.example.com/tenant/', 'http://[::1]:8080'])('accepts %s', (url) => {
    expect(checkBaseUrl(url, 'appHost', false).href).toBe(new URL(url).href)
  })

  test.each([
    ['a query', 'https://id.example.com/?canary', /query/],
    ['an empty query', 'https://id.example.com/?', /query/],
    ['an empty query of a bare host', 'https://id.example.com?', /query/],
    ['an empty query in a URL object', new URL('https://id.example.com/tenant?'), /query/],
    ['an empty query and an empty fragment', 'https://id.example.com/?#', /fragment/],
    ['an address that is not an endpoint either', 'http://id.example.com', /https/],
  ])('refuses %s, and names the option', async (_what, value, message) => {
    const error = await logoutErrorOf(() => checkBaseUrl(value, 'appHost', false))
    expect(error).toMatchObject({ code: 'invalid_options', option: 'appHost' })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('canary')
  })
})

test('endpointName() omits the query', () => {
  expect(endpointName('https://id.example.com/revoke?key=value?more')).toBe('https://id.example.com/revoke')
  expect(endpointName('https://id.example.com/revoke')).toBe('https://id.example.com/revoke')
})
