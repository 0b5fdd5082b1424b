import { expect, test } from 'vitest'
import { unverifiedClaims } from './unverified-claims.ts'

const part = (text: string): string => Buffer.from(text).toString('base64url')
const jwt = (claims: unknown): string => `e30.${part(JSON.stringify(claims))}.c2ln`

test.each([
  ['ASCII', { iss: 'https://id.example.com', aud: ['a', 'b'], exp: 1 }],
  ['UTF-8', { aud: 'Zürich', name: '金丝雀 \u{1F600}' }],
  ['characters that base64url writes differently', { a: '>>>???', b: '~~~ÿÿÿ' }],
])('claims in %s are read', (_what, claims) => {
  expect(unverifiedClaims(jwt(claims))).toEqual(claims)
})

test('padding and a missing signature are accepted', () => {
  expect(unverifiedClaims(`e30.${btoa('{"a":1}')}.`)).toEqual({ a: 1 })
})

test.each([
  ['opaque', 'Wd9S0xgkWJ'],
  ['empty', ''],
  ['only dots', '..'],
  ['two parts', 'e30.e30'],
  ['four parts', `${jwt({ a: 1 })}.d`],
  ['five parts, as if encrypted', `${jwt({ a: 1 })}.d.e`],
  ['no base64', 'e30.!!.c2ln'],
  ['no JSON', `e30.${part('x')}.c2ln`],
  ['null', jwt(null)],
  ['text', jwt('x')],
  ['too long', jwt({ padding: 'x'.repeat(65_536) })],
])('another token has none: %s', (_what, token) => {
  expect(unverifiedClaims(token)).toEqual({})
})
