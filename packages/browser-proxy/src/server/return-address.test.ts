import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { HttpProblem } from './http-problem.ts'
import { allowedReturnAddress, resolveReturnAddresses } from './return-address.ts'

const ORIGIN = 'https://app.example.com'
const list = resolveReturnAddresses([
  'https://app.example.com/goodbye',
  'https://www.example.com',
  '/signed-out?from=app',
  new URL('http://localhost:3000/bye'),
])

test.each([
  ['https://app.example.com/goodbye', 'https://app.example.com/goodbye'],
  ['HTTPS://APP.EXAMPLE.COM:443/goodbye', 'https://app.example.com/goodbye'],
  ['/goodbye', 'https://app.example.com/goodbye'],
  ['https://www.example.com', 'https://www.example.com'],
  // As it was configured, because providers compare character by character.
  ['https://www.example.com/', 'https://www.example.com'],
  ['/signed-out?from=app', 'https://app.example.com/signed-out?from=app'],
  ['http://localhost:3000/bye', 'http://localhost:3000/bye'],
])('return_to %j is allowed', (asked, address) => {
  expect(allowedReturnAddress(asked, list, ORIGIN)).toBe(address)
})

test.each([
  '//evil.test',
  '///evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '\t//evil.test',
  ' //evil.test',
  ' /goodbye',
  '/goodbye ',
  '/goodbye\n',
  '/good\tbye',
  '\u0000/goodbye',
  '\u00a0/goodbye',
  '\u2028/goodbye',
  'https:evil.test',
  'https:/evil.test',
  'https:///evil.test',
  'https:/goodbye',
  'https:\\\\evil.test',
  'https://evil.test',
  'https://app.example.com@evil.test/goodbye',
  'https://app.example.com:x@evil.test/',
  'https://user@app.example.com/goodbye',
  'https://user:password@app.example.com/goodbye',
  'https://@app.example.com/goodbye/',
  'https://app.example.com.evil.test/goodbye',
  'https://app.example.com%2eevil.test/goodbye',
  'https://app.example.com%00.evil.test/goodbye',
  'https://evil.test#https://app.example.com/goodbye',
  'https://evil.test/https://app.example.com/goodbye',
  'https://evil.test\\@app.example.com/goodbye',
  'https://app.example.com\\.evil.test/goodbye',
  'http://app.example.com/goodbye',
  'https://app.example.com:444/goodbye',
  'https://app.example.com/goodbye/',
  'https://app.example.com/goodbye?next=https://evil.test',
  'https://app.example.com/goodbye#x',
  'https://app.example.com/goodbye/../../x',
  '/%2F/evil.test',
  '/%2f%2fevil.test',
  '%2F%2Fevil.test',
  '/%5Cevil.test',
  '/%09/evil.test',
  '/goodbye%00',
  '/GOODBYE',
  'goodbye',
  '.',
  '?from=app',
  '#',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://app.example.com/1',
  'ftp://app.example.com/goodbye',
  'app.example.com://goodbye',
  'https://［::1］/goodbye',
  'https://[::1',
  'https://',
  'http://',
  `/${'x'.repeat(3_000)}`,
])('return_to %j is refused', (asked) => {
  expect(() => allowedReturnAddress(asked, list, ORIGIN)).toThrow(HttpProblem)
})

test('a path on the list belongs to the page’s own origin', () => {
  expect(allowedReturnAddress('/signed-out?from=app', list, 'https://www.example.com')).toBe(
    'https://www.example.com/signed-out?from=app',
  )
  expect(() => allowedReturnAddress('/goodbye', list, 'https://www.example.com')).toThrow(HttpProblem)
})

test.each([
  '//evil.test',
  'https://user@app.example.com/',
  'app:/x',
  'javascript:alert(1)',
  'goodbye',
  '',
  '/a b',
  '/\\x',
])('the list must not have %j', (address) => {
  expect(() => resolveReturnAddresses([address])).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options'),
  )
})
