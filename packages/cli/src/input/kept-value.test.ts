import { expect, test } from 'vitest'
import { keptValue } from './kept-value.ts'

const OPAQUE = 'Ab1'.repeat(30)

test.each<[string, string, string]>([
  [
    'an object',
    '{"name":"x","access_token":"a","n":{"password":1},"k":null}',
    '{"name":"x","access_token":"[masked]","n":{"password":"[masked]"},"k":null}',
  ],
  [
    'a secret that is an object',
    '{"credentials":{"a":1},"has_token":true}',
    '{"credentials":"[masked]","has_token":true}',
  ],
  ['a list', '[{"api_key":"a"},1]', '[{"api_key":"[masked]"},1]'],
  ['JSON in JSON', '{"session":"{\\"refresh_token\\":\\"a\\"}"}', '{"session":"{\\"refresh_token\\":\\"[masked]\\"}"}'],
  ['a JSON string with JSON', '"{\\"jwt\\":\\"a\\"}"', '"{\\"jwt\\":\\"[masked]\\"}"'],
  ['a token as a name', `{"eyJhbGciOiJub25lIn0.e30.":1}`, '{"[masked]":1}'],
  ['the token of the row in JSON', '{"id":"the-token/x"}', '{"id":"[masked]/x"}'],
  ['JSON that is cut off', '{"name":"x","access_token":"a b', '{"name":"x","access_token":"[masked]'],
  ['a representation of Python', "{'password': 'a b', 'name': 'x'}", "{'password': '[masked]', 'name': 'x'}"],
  ['a query', 'https://a.example/?x=1&access_token=abc&y=2', 'https://a.example/?x=1&access_token=[masked]&y=2'],
  ['a cookie', 'session_token=abc; theme=dark', 'session_token=[masked]; theme=dark'],
  ['a header', 'Authorization: Bearer abc', 'Authorization: [masked]'],
  ['a hash of Ruby', '{"access_token"=>"a b", :api_key=>\'c\'}', `{"access_token"=>"[masked]", :api_key=>'[masked]'}`],
  ['JSON in a log', 'body="{\\"access_token\\":\\"a b\\"}" x', 'body="{\\"access_token\\":\\"[masked]\\"}" x'],
  ['a list in a log', 'INFO {"refresh_tokens":["a","b"]}', 'INFO {"refresh_tokens":[masked]'],
  ['an object in a log', 'INFO {"token":{"value":"a"}}', 'INFO {"token":[masked]'],
  ['a header with another scheme', 'Authorization: token abc', 'Authorization: [masked]'],
  ['a query in a query', 'u=%2F%3Fapi_key%3Dabc', 'u=%2F%3Fapi_key%3D[masked]'],
  ['XML', '<a><access_token>abc</access_token></a>', '<a><access_token>[masked]</access_token></a>'],
  ['a header in JSON', '[{"name":"Authorization","value":"abc"}]', '[{"name":"Authorization","value":"[masked]"}]'],
  ['a pair in JSON', '[["access_token","abc"],["a","b"]]', '[["access_token","[masked]"],["a","b"]]'],
  ['a credential', 'sent Bearer 0123456789abcdef!', 'sent Bearer [masked]!'],
  ['a token with a mark', 'see ya29.a0AfB_byCqQ8, 1//0gShort', 'see [masked], [masked]'],
  ['a key with a mark', 'AKIAIOSFODNN7EXAMPLE', '[masked]'],
  ['a private key', 'x -----BEGIN PRIVATE KEY-----\nMIIB', 'x [masked]'],
  ['a long opaque token', `id ${OPAQUE}`, 'id [masked]'],
  ['too many levels', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, '[[[[[[[["[masked]"]]]]]]]]'],
])('%s is kept without its secrets', (_what, value, kept) => {
  expect(keptValue(value, 'the-token')).toBe(kept)
})

test.each([
  '{"id": 12345678901234567890, "tags": ["a"]}',
  '[1, 2]',
  '"quoted"',
  'ASIA-PACIFIC',
  'https://app.example/a?b=c',
  'user: alice; role=admin',
  '<user><id>alice</id></user>',
  '[{"name":"Accept","value":"text/html"}]',
  '{"id"=>"7"}',
  'token_type=bearer',
  '5f7e1bacfb5c4a0d9d3a8b1c',
  '0d9b2f4c-6e0a-4a62-8f2e-6d1c5f3a9b7e',
  'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'auth0|5f7e1bacfb5c4a0d9d3a8b1c',
])('%j is kept unchanged', (value) => {
  expect(keptValue(value, 'the-token')).toBe(value)
})

test.each([
  ['names', 'token'.repeat(20_000)],
  ['pairs', 'token=a;'.repeat(15_000)],
  ['separators', `token${' '.repeat(7)}`.repeat(10_000)],
  ['credentials', 'bearer '.repeat(15_000)],
  ['quotes', 'token="'.repeat(15_000)],
  ['escaped quotes', `${'token\\\\"'.repeat(10_000)}token:\\"`],
  ['codes', '%3Dtoken%3D'.repeat(10_000)],
  ['marks', 'ghp_a '.repeat(20_000)],
  ['long words', `${'a'.repeat(63)} `.repeat(2_000)],
])('the time is linear in the length of a value: %s', { timeout: 2_000 }, (_what, value) => {
  for (let round = 0; round < 5; round++) expect(keptValue(value)).toBeTypeOf('string')
})
