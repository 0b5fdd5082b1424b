import { expect, test } from 'vitest'
import { PlainRows } from './plain-rows.ts'
import { createRowFormat } from './row-format.ts'

const choice = { token: 'token', where: new Map(), keep: [] }

const SEPARATORS: readonly [name: string, separator: string, advice: string][] = [
  ['CR', '\r', String.raw`CR alone. Replace them: tr '\r' '\n' < FILE | backend-logout …`],
  ['VT', '\v', String.raw`U+000B. Replace them: tr '\013' '\n' < FILE`],
  ['RS', '\u001e', String.raw`U+001E. Replace them: tr '\036' '\n' < FILE`],
  ['NUL', '\0', String.raw`U+0000. Replace them: tr '\000' '\n' < FILE`],
  ['NEL', '\u0085', String.raw`U+0085. Replace them: perl -CSD -pe 's/\R/\n/g' FILE`],
  ['LS', '\u2028', String.raw`U+2028. Replace them: perl -CSD -pe 's/\R/\n/g' FILE`],
]

test.each(SEPARATORS)('a table whose rows end in %s is not one without rows', (_name, separator, advice) => {
  for (const lines of [
    ['token,user', 'abc-1,u1', 'abc-2,u2', ''],
    ['"token","user"', '"abc-1","u1"'],
  ]) {
    const rows = createRowFormat(choice, 'leaked.csv')
    expect(() => rows.add({ text: lines.join(separator) }, 1)).toThrow(advice)
  }
})

test.each(SEPARATORS)('a line of tokens that end in %s is a problem, with advice', (_name, separator, advice) => {
  for (const lines of [
    ['abc-1', 'abc-2', ''],
    ['{"token":"abc-1"}', '{"token":"abc-2"}'],
  ]) {
    const rows = new PlainRows()
    expect(rows.add({ text: lines.join(separator) }, 1)).toEqual([{ line: 1, problem: expect.any(String) }])
    expect(rows.advice()).toContain(advice)
  }
  const objects = createRowFormat(choice, 'leaked.ndjson')
  objects.add({ text: ['{"token":"abc-1"}', '{"token":"abc-2"}'].join(separator) }, 1)
  expect(objects.advice()).toContain(advice)
})

test.each(['user\u0092s id,token', 'd\u0085ja,token', '\u001buser,token', 'a\u001fb,token', '"user\nfoo\rname",token'])(
  'a character inside the name of a column is no problem: %j',
  (heading) => {
    const rows = createRowFormat(choice, 'leaked.csv')
    for (const [at, text] of heading.split('\n').entries()) rows.add({ text }, at + 1)
    expect(rows.add({ text: 'u1,abc-1' }, 3)).toMatchObject([{ token: 'abc-1' }])
  },
)

test('a heading that other characters end before the column of tokens is refused, with advice', () => {
  const rows = createRowFormat(choice, 'leaked.csv')
  expect(() => rows.add({ text: 'user\rtoken\rabc-1' }, 1)).toThrow('CR alone')
})

test('line breaks inside the quotes of a heading, and CRLF, are no problem', () => {
  const rows = createRowFormat(choice, 'leaked.csv')
  expect(rows.add({ text: '"user\vname",token\r' }, 1)).toEqual([])
  expect(rows.add({ text: 'u1,abc-1\r' }, 2)).toMatchObject([{ token: 'abc-1' }])
})

test('a heading with all rows in it is refused, and an export without rows is not', () => {
  const reading = (text: string) => () => {
    const rows = createRowFormat(choice, 'leaked.csv')
    rows.add({ text }, 1)
    rows.end()
  }
  expect(reading('token,user,Zq7Rk2Wd9fTn4LbX6m,u1')).toThrow('only a heading, and that looks like data')
  expect(reading('token,user_id,billing_address_line_1,国家')).not.toThrow()
  const names =
    'k8s_namespace_name,oauth2AccessTokenValue,last_30days_login_count,sha256fingerprint_x,address_2nd_line_2nd'
  expect(reading(`token,${names}`)).not.toThrow()
})

test.each([
  ['The line is not UTF-8 text.', 'iconv -f WINDOWS-1252 -t UTF-8'],
  ['The line is longer than 131072 bytes.', 'longer'],
])('a table whose heading cannot be read is refused: %s', (problem, advice) => {
  expect(() => createRowFormat(choice, 'leaked.csv').add({ problem }, 1)).toThrow(advice)
  const rows = createRowFormat(choice, 'leaked.csv')
  rows.add({ text: 'token' }, 1)
  expect(rows.add({ problem }, 2)).toEqual([{ line: 2, problem: expect.stringContaining(advice) }])
})
