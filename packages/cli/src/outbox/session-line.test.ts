import { expect, test } from 'vitest'
import { parseSessionLine } from './session-line.ts'

const parse = (text: string, hint?: string) => parseSessionLine({ text }, hint)

test('a token alone is an access token by default', () => {
  expect(parse('abc-1')).toEqual({ tokens: { accessToken: 'abc-1' } })
  expect(parse('abc-1', 'refresh_token')).toEqual({ tokens: { refreshToken: 'abc-1' } })
  expect(parse('{"token":"a","token_type_hint":"refresh_token"}')).toEqual({ tokens: { refreshToken: 'a' } })
  expect(parse('{"token":"a"}', 'refresh_token')).toEqual({ tokens: { refreshToken: 'a' } })
})

test('a token response is one logout', () => {
  expect(parse('{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":60}\r')).toEqual({
    tokens: { accessToken: 'a', refreshToken: 'r' },
  })
  expect(parse('{"refresh_token":"r"}')).toEqual({ tokens: { refreshToken: 'r' } })
  expect(parse('{"token":"a","refresh_token":"r"}')).toEqual({ tokens: { accessToken: 'a', refreshToken: 'r' } })
  expect(parse('{"user":"u","accessToken":"a","refreshToken":"r","idToken":"i"}')).toEqual({
    tokens: { accessToken: 'a', refreshToken: 'r' },
  })
  expect(parse('{"refreshToken":"r"}')).toEqual({ tokens: { refreshToken: 'r' } })
})

test('null and an empty text are no tokens, and the others are kept', () => {
  for (const none of ['null', '""', '" "']) {
    expect(parse(`{"access_token":"a","refresh_token":${none},"token":${none}}`)).toEqual({
      tokens: { accessToken: 'a' },
    })
    expect(parse(`{"access_token":${none},"accessToken":"a","refreshToken":"r"}`)).toEqual({
      tokens: { accessToken: 'a', refreshToken: 'r' },
    })
  }
})

test('the same token twice is one, and white space and a byte order mark around it are dropped', () => {
  expect(parse('\ufeff{"token":"a","access_token":" a\\n","accessToken":"a"}')).toEqual({
    tokens: { accessToken: 'a' },
  })
})

test('a blank line is skipped', () => {
  expect(parse(' ')).toBeUndefined()
})

test.each([
  ['two words', 'white space'],
  ['{"access_token":7}', 'not a string'],
  ['{"access_token":null,"refresh_token":""}', 'no "token"'],
  ['{"refresh_token":" "}', 'no "token"'],
  ['{"access_token":"a","access_token":"b"}', 'two members of one name'],
  ['{"access_token":"a","accessToken":"b"}', 'different values'],
  ['{"token":"a","refresh_token":"r","token_type_hint":"refresh_token"}', 'another token in "token"'],
  ['{"token":"a","token":"b"}', 'two members of one name'],
  ['{"access_token":"Bearer a"}', 'Bearer'],
  ['{"access_token":"a\\nb"}', 'characters'],
  ['{"access_token":"\\u200ba"}', 'characters'],
  ['{"accessToken":7}', 'not a string'],
  ['{"id_token":"a"}', 'no "token"'],
  ['{"access_token":', 'JSON object'],
  ['{"token":"a","token_type_hint":"id_token"}', 'must be access_token or refresh_token'],
  [`{"access_token":"${'x'.repeat(65_537)}"}`, 'more than 65536'],
  ['{"access_token":"\\ud800"}', 'invalid text'],
  ['{"access_token":"a","refresh_token":"null"}', 'there is no token'],
  ['sha256:db1c480639e0ee98', 'fingerprint'],
  ['undefined', 'there is no token'],
])('%.40s is a problem', (text, reason) => {
  expect(parse(text)).toMatchObject({ problem: expect.stringContaining(reason) })
})

test('an ID token of the application is refused, unless its type is stated', () => {
  const claims = Buffer.from(JSON.stringify({ aud: 'app', nonce: 'n', sub: 'alice' })).toString('base64url')
  const token = `eyJhbGciOiJub25lIn0.${claims}.x`
  expect(parseSessionLine({ text: token }, undefined, 'app')).toEqual({ problem: expect.stringContaining('ID token') })
  expect(parseSessionLine({ text: token }, 'access_token', 'app')).toEqual({ tokens: { accessToken: token } })
  const typed = JSON.stringify({ token, token_type_hint: 'refresh_token' })
  expect(parseSessionLine({ text: typed }, undefined, 'app')).toEqual({ tokens: { refreshToken: token } })
  for (const other of [undefined, '', 'other']) {
    expect(parseSessionLine({ text: token }, undefined, other)).toEqual({ tokens: { accessToken: token } })
  }
})
