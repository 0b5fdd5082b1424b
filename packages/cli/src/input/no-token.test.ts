import { expect, test } from 'vitest'
import { whyNoToken } from './no-token.ts'
import { PlainRows } from './plain-rows.ts'
import { parseTokenLine } from './token-line.ts'

test.each([
  [
    'there is no token',
    ['null', 'NULL', '\\N', 'undefined', 'None', 'nil', '(null)', '<nil>', '#N/A', '(blank)', '[]', '--'],
  ],
  ['fingerprint', ['sha256:db1c480639e0ee98', 'hmac:5b7a19c480639e0e']],
  ['masked', ['********', 'eyJ*****Qssw', 'abcd***', '...', 'eyJhbGciOi...', 'xxxxxxxx', 'REDACTED', '??']],
  ['in brackets', ['[REDACTED]', '[sensitive_data]', '<token>', '(hidden)']],
  ['another kind', ['true', 'false', '#REF!', '#NAME?', '1.23E+15']],
  [
    'parameter',
    ['access_token=abc', 'token=abc&token_type_hint=access_token', 'https://app.example/#access_token=abc'],
  ],
  ['heading', ['access_token', 'refresh-token', 'Token']],
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

test.each(['*', '.', '(', '-', '_', 'token', '1E+'])('the time for a long text of %j is linear', (part) => {
  const start = performance.now()
  whyNoToken(`${part.repeat(100_000)}a`)
  expect(performance.now() - start).toBeLessThan(500)
})
