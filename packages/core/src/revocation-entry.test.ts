import { expect, test } from 'vitest'
import { revocationEntryOf } from './revocation-entry.ts'

const NOW = 1_795_679_550
const ISS = 'https://id.example.com'
const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`

test('an access token with an id is named by its id alone', () => {
  const claims = { iss: ISS, jti: 'ü \u{1F600}', sid: 's', sub: 'alice', iat: NOW, exp: NOW + 60.5 }
  expect(revocationEntryOf(jwt(claims))).toEqual({ iss: ISS, jti: 'ü \u{1F600}', until: NOW + 61 })
})

test('a token without an id is named by its session, up to now or to its time of issue', () => {
  const claims = { iss: ISS, sid: 's', sub: 'alice', exp: NOW + 60 }
  expect(revocationEntryOf(jwt({ ...claims, iat: NOW - 5 }), NOW)).toEqual({
    iss: ISS,
    sid: 's',
    at: NOW,
    until: NOW + 60,
  })
  expect(revocationEntryOf(jwt({ ...claims, iat: NOW + 5 }), NOW)).toMatchObject({ at: NOW + 5 })
  expect(revocationEntryOf(jwt(claims), NOW)).toMatchObject({ at: NOW })
})

const claims = { iss: ISS, jti: 'a', exp: NOW }
test.each([
  ['opaque', 'Wd9S0xgkWJ'],
  ['empty', ''],
  ['two parts', 'a.b'],
  ['five parts, as if encrypted', 'a.b.c.d.e'],
  ['no base64', 'e30.!!.c2ln'],
  ['no JSON', `e30.${Buffer.from('x').toString('base64url')}.c2ln`],
  ['null', jwt(null)],
  ['a list', jwt([])],
  ['text', jwt('x')],
  ['no signature', jwt(claims).replace(/[^.]+$/, '')],
  ['too long', jwt({ ...claims, padding: 'x'.repeat(65_536) })],
  ['no issuer', jwt({ ...claims, iss: undefined })],
  ['an issuer that is not a string', jwt({ ...claims, iss: [ISS] })],
  ['no end', jwt({ ...claims, exp: undefined })],
  ['an end in milliseconds', jwt({ ...claims, exp: NOW * 1000 })],
  ['an end that is text', jwt({ ...claims, exp: `${NOW}` })],
  ['neither id nor session', jwt({ ...claims, jti: undefined, sub: 'alice' })],
  ['an id that is not a string', jwt({ ...claims, jti: 7 })],
  ['an id that is empty', jwt({ ...claims, jti: '' })],
  ['an id with NUL', jwt({ ...claims, jti: 'a\0' })],
  ['an id that is too long', jwt({ ...claims, jti: 'x'.repeat(1025) })],
])('a token that no entry can name has none: %s', (_, token) => {
  expect(revocationEntryOf(token)).toBeUndefined()
})
