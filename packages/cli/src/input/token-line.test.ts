import { expect, test } from 'vitest'
import { parseTokenLine } from './token-line.ts'

const parse = (text: string) => parseTokenLine({ text })

test.each([['abc.def-ghi_jkl~mno+pqr/stu=='], ['  1//0gAbC|dEf!x \r']])(
  '%j is a token, without the surrounding white space',
  (text) => {
    expect(parse(text)).toEqual({ token: text.trim(), hint: undefined })
  },
)

test('a JSON object has a token and optionally a hint, and may have other members', () => {
  expect(parse('{"token":"a b","token_type_hint":"refresh_token","user":7}')).toEqual({
    token: 'a b',
    hint: 'refresh_token',
  })
  expect(parse(' {"token":"abc","token_type_hint":null}\r')).toEqual({ token: 'abc', hint: undefined })
})

test('white space around a token in a JSON object is dropped', () => {
  expect(parse('{"token":" abc\\n"}')).toEqual({ token: 'abc', hint: undefined })
})

test('a JSON object with quotes and commas in its token is read: its ends are marked', () => {
  expect(parse('{"token":"a,\\"b"}')).toEqual({ token: 'a,"b', hint: undefined })
})

test.each([[''], ['  \t\r']])('%j is skipped', (text) => {
  expect(parse(text)).toBeUndefined()
})

test.each([
  ['Bearer abc', 'Bearer'],
  ['abc def', 'white space'],
  ['alice,abc', 'commas'],
  ['"abc"', 'quotes'],
  ['abc\u0000def', 'characters'],
  ['tökén', 'characters'],
  ['access_token', 'heading'],
  ['Token', 'heading'],
  ['{"token":', 'JSON object'],
  ['{"access_token":"abc"}', 'no "token"'],
  ['{"token":""}', 'no "token"'],
  ['{"token":7}', 'no "token"'],
  ['{"token":"abc","token_type_hint":7}', 'token_type_hint'],
  ['{"token":"abc","token":"def"}', 'two members of one name'],
  ['{"token":"Bearer abc"}', 'Bearer'],
  ['{"token":"\\u200babc"}', 'characters'],
  ['{"token":"abc\\tdef"}', 'characters'],
  ['{"token":"  "}', 'there is no token'],
  ['abc\rdef', 'CR alone. They may separate lines'],
])('%j is a problem, and the message does not repeat the line', (text, reason) => {
  const parsed = parse(text)
  expect(parsed).toMatchObject({ problem: expect.stringContaining(reason) })
  expect(JSON.stringify(parsed)).not.toContain('abc')
})

test('a problem of the line is passed on', () => {
  expect(parseTokenLine({ problem: 'too long' })).toEqual({ problem: 'too long' })
})
