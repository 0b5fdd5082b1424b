import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LogoutError } from './errors.ts'
import { resolveHeaders } from './request-headers.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

const refusal = (headers: unknown) => logoutErrorOf(() => resolveHeaders(headers))

describe('resolveHeaders()', () => {
  test('copies the headers, with lower-case names, and freezes them', () => {
    expect(resolveHeaders(undefined)).toEqual({})
    const headers = resolveHeaders({ 'User-Agent': 'my app/1 (é)', constructor: 'own' })
    expect(Object.entries(headers)).toEqual([
      ['user-agent', 'my app/1 (é)'],
      ['constructor', 'own'],
    ])
    expect(Object.isFrozen(headers)).toBe(true)
  })

  test.each([
    'Accept-Language',
    'Idempotency-Key',
    'Origin',
    'Traceparent',
    'User-Agent',
    'X-Authing-App-Id',
    'X-Authing-Request-From',
    'X-Author',
    'X-Correlation-Id',
    'X-Forwarded-For',
    'X-Request-Id',
    'X-Tenant-Key',
    'TE-Hint',
    'X-Upgrade',
  ])('accepts %s, which is not a credential', (name) => {
    expect(resolveHeaders({ [name]: 'x' })).toEqual({ [name.toLowerCase()]: 'x' })
  })

  test.each([
    'Authorization',
    'AUTHORIZATION',
    'X-Forwarded-Authorization',
    'X-Authentication',
    'X-Auth',
    'X-Auth-Key',
    'Cookie',
    'Cookie2',
    'Set-Cookie',
    'DPoP',
    'X-Auth-Token',
    'Private-Token',
    'X-Amz-Security-Token',
    'X_Access_Token',
    'CF-Access-Client-Secret',
    'X-Password',
    'X-Passwd',
    'X-Credentials',
    'Api-Key',
    'X-ApiKey',
    'X-Goog-Api-Key',
    'x-api_key',
    'Ocp-Apim-Subscription-Key',
    'X-Functions-Key',
    'X-Access-Key',
    'Client-Assertion',
    'X-JWT',
    'X-Bearer',
    'X-Forwarded-Client-Cert',
    'X-SSL-ClientCert',
    'x-api-\u212aey',
  ])('refuses the credential %s, and names the option for it', async (name) => {
    const error = await refusal({ [name]: 'canary' })
    expect(error).toMatchObject({ code: 'invalid_options' })
    expect(error.message).toMatch(/^headers must not set a credential .*clientAuth.*fetch/)
    expect(error.message).not.toContain('canary')
  })

  test.each([
    ['Content-Type', 'content-'],
    ['content-length', 'content-'],
    ['Content-canary', 'content-'],
    ['Host', 'host'],
    ['Expect', 'expect'],
    ['Connection', 'connection'],
    ['Proxy-Connection', 'proxy-'],
    ['Proxy-Authorization', 'proxy-'],
    ['Proxy-canary', 'proxy-'],
    ['Keep-Alive', 'keep-alive'],
    ['TE', 'te'],
    ['Trailer', 'trailer'],
    ['Trailers', 'trailers'],
    ['Transfer-Encoding', 'transfer-encoding'],
    ['Upgrade', 'upgrade'],
    ['HTTP2-Settings', 'http2-settings'],
  ])('refuses %s, which the request sets', async (name, named) => {
    expect((await refusal({ [name]: 'canary' })).message).toBe(`headers must not set ${named}: the client sets it.`)
  })

  test.each<[string, unknown]>([
    ['no object', 'x: y'],
    ['null', null],
    ['a Headers', new Headers({ 'x-a': 'x' })],
    ['a Map', new Map([['x-a', 'x']])],
    ['a list', [['x-a', 'x']]],
    ['a name with a space', { 'no name': 'x' }],
    ['a name with a line break', { 'x-a\r\nauthorization': 'x' }],
    ['an empty name', { '': 'x' }],
    ['a name that is very long', { ['x'.repeat(101)]: 'x' }],
    ['the name of the prototype', JSON.parse('{"__proto__":"x"}')],
    ['a name twice', { 'X-A': '1', 'x-a': '2' }],
    ['a value that is not a string', { 'x-a': 7 }],
    ['an empty value', { 'x-a': '' }],
    ...['\r', '\n', '\0', '\t', '\u001b', '\u007f', '\u0085', '\u202e', '金', '\ud800'].flatMap(
      (character): [string, unknown][] => [
        [`a value with ${JSON.stringify(character)} in it`, { 'x-a': `canary${character}canary` }],
        [`a value that ends in ${JSON.stringify(character)}`, { 'x-a': `canary${character}` }],
      ],
    ),
    ['a value that is too long', { 'x-a': 'x'.repeat(8_193) }],
    ['too many of them', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`x-${at}`, 'x']))],
    ['too much of them', { 'x-a': 'x'.repeat(8_192), 'x-b': 'x'.repeat(8_192) }],
  ])('refuses %s, and names the option', async (_what, headers) => {
    const error = await refusal(headers)
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/^headers must /)
    expect(error.message).not.toContain('canary')
  })

  test('accepts only headers that can be sent, for any input', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('x-a', 'Cookie', 'te', '__proto__', 'toString'),
    )
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.anything())
    fc.assert(
      fc.property(fc.dictionary(name, value), (given) => {
        try {
          const headers = resolveHeaders(given)
          expect(Object.keys(headers)).toHaveLength(Object.keys(given).length)
          expect(Object.fromEntries(new Headers(headers))).toEqual(
            Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()])),
          )
        } catch (error) {
          expect(error).toBeInstanceOf(LogoutError)
        }
      }),
    )
  })
})
