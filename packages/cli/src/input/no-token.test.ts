import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { whyNoToken } from './no-token.ts'
import { PlainRows } from './plain-rows.ts'
import { parseTokenLine } from './token-line.ts'

test.each([
  [
    'there is no token',
    ['null', 'NULL', '\\N', 'undefined', 'None', 'nil', '(null)', '<nil>', '#N/A', '(blank)', '[]', '--'],
  ],
  [
    'fingerprint',
    [
      'sha256:db1c480639e0ee98',
      'hmac:5b7a19c480639e0e',
      'sha-256:db1c480639e0ee98',
      'sha256=db1c480639e0ee98',
      'md5:9e107d9d372bb6826bd81d3542a419d6',
      'sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      '$2b$12$abcdefghijklmnopqrstuv',
    ],
  ],
  ['masked', ['********', 'eyJ*****Qssw', 'abcd***', '...', 'eyJhbGciOi...', 'xxxxxxxx', 'REDACTED', '??']],
  [
    'masked',
    [
      'HIDDEN_DUE_TO_SECURITY_REASONS',
      '__REDACTED__',
      '*REDACTED*',
      'REDACTED_TOKEN',
      'token_redacted',
      'REDACTED:sha256:db1c480639e0ee98',
      'abcd****wxyz',
      'gho_****************wxyz',
      'xxxx-xxxx-xxxx-abcd',
      'XXXXXXXX1234',
      'eyJhbGciOi...x9Qw',
      'eyJhbGciOiJIUzI1NiJ9',
      'eyJhbGciOiJIUzI1NiJ9.',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0',
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1N',
    ],
  ],
  ['placeholder', ['\x24{ACCESS_TOKEN}', '$TOKEN', '%TOKEN%', 'YOUR_ACCESS_TOKEN', 'insert-token-here']],
  ['URL', ['https://id.example.com/callback', 'http://localhost']],
  ['date', ['2026-11-28', '2026-11-28T17:19:14.162Z', '28.11.2026', '11/28/2026']],
  ['encrypted', ['vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX']],
  ['in brackets', ['[REDACTED]', '[sensitive_data]', '<token>', '(hidden)']],
  ['another kind', ['true', 'false', '#REF!', '#NAME?', '1.23E+15']],
  [
    'parameter',
    [
      'access_token=abc',
      'token=abc&token_type_hint=access_token',
      'https://app.example/#access_token=abc',
      'access_token:abc',
      'id_token:abc',
    ],
  ],
  [
    'heading',
    ['access_token', 'refresh-token', 'Token', 'oauth_token', 'id_token', 'jwt', 'session_token', 'token_value'],
  ],
])('a text about which it says "%s" is not sent, alone or in a JSON object', (reason, texts) => {
  for (const text of texts) {
    const problem = expect.stringContaining(reason)
    expect(parseTokenLine({ text })).toEqual({ problem })
    expect(parseTokenLine({ text: JSON.stringify({ line: 1, token: text, revoked: false }) })).toEqual({ problem })
  }
})

test.each([
  ['Laravel Sanctum', '42|YBvTfPmZWqXoJ1lK8sNd'],
  ['Facebook', '1234567890|abcDEFghi-jkl'],
  ['an unsecured JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
  ['Microsoft', 'M.C507_BL2.0.U.-CvDuO4***x!9wJ$$'],
  ['padding', 'dG9rZW49YWJj=='],
  ['dots by chance', 'a0...b1'],
  ['digits', '0'],
  ['a fingerprint-like start', 'sha256:not-hex'],
  ['a word in a token', 'mytoken=='],
  ['a word of masks in a token', 'aHiddenToken42'],
  ['a Laravel payload', 'eyJpdiI6IjEyMyIsInZhbHVlIjoiYWJjIn0='],
  ['a JWE with a direct key', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.Y3Q.dGFn'],
  ['an SD-JWT', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln~WyJhIl0~'],
  ['Google', 'ya29.a0AfH6SMBx-_abc123'],
  ['Google refresh', '1//0gAbCdEf'],
  ['GitHub', 'gho_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['a dollar in a token', '$Tok3n'],
])('a token of the form of %s stays one', (_form, token) => {
  expect(whyNoToken(token)).toBeUndefined()
  expect(parseTokenLine({ text: token })).toEqual({ token, hint: undefined })
})

test('a heading with bars shows that bars separate columns, and that the input is a table', () => {
  const lines = ['user_id|token', '1|abc', '2|def']
  const table = new PlainRows()
  expect(lines.map((text, at) => table.add({ text }, at + 1)[0])).toMatchObject(
    lines.map(() => ({ problem: expect.any(String) })),
  )
  expect(table.advice()).toContain('a table with the columns "user_id", "token"')
  const tokens = new PlainRows()
  expect(tokens.add({ text: '1|abc' }, 1)).toMatchObject([{ token: '1|abc' }])
  expect(tokens.add({ text: '2|def' }, 2)).toMatchObject([{ token: '2|def' }])
})

const base64url = (bytes: number): string => randomBytes(bytes).toString('base64url')
const json = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each([
  ['base64url', (): string => base64url(4 + Math.floor(Math.random() * 60))],
  ['Base64', () => randomBytes(33).toString('base64')],
  ['hexadecimal', () => randomBytes(16).toString('hex')],
  ['digits', () => String(Math.floor(Math.random() * 1e15))],
  ['UUID', () => randomUUID()],
  ['b64token', () => `${base64url(9)}.${base64url(6)}~${base64url(6)}+/${base64url(3)}=`],
  ['JWT', () => `${json({ alg: 'RS256', kid: base64url(4) })}.${json({ sub: randomUUID() })}.${base64url(64)}`],
  ['prefixed', () => `at_${base64url(24)}`],
] as [string, () => string][])('random tokens of the form %s are tokens', (_form, make) => {
  for (let times = 0; times < 3_000; times++) {
    const token = make()
    expect(whyNoToken(token), token).toBeUndefined()
  }
})

test.each([
  '*',
  '.',
  '(',
  '-',
  '_',
  'token',
  '1E+',
  'x',
  'xxxx-',
  'redacted',
  'your_',
  'eyJ',
  'access_token',
  '$',
  '12-',
])('the time for a long text of %j is linear', (part) => {
  const start = performance.now()
  whyNoToken(`${part.repeat(100_000)}a`)
  expect(performance.now() - start).toBeLessThan(500)
})

test('tokens that begin with other JSON than a header, and those that Google pads with dots, are tokens', () => {
  const beginnings = ['{"typ":"refresh","uid":5}', '{"kid":"2026-11","uid":5}', '{"enc":"x","iv":"y"}']
  for (const json of beginnings) {
    const start = Buffer.from(json).toString('base64url')
    expect([whyNoToken(start), whyNoToken(`${start}.c2lnbmF0dXJl`)]).toEqual([undefined, undefined])
  }
  expect(whyNoToken('ya29.c.c0ASRK0GbAFW5Zk2cdd8Jo1KvVdmGU............')).toBeUndefined()
})
