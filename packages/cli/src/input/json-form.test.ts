import { expect, test } from 'vitest'
import { beginsArray, jsonAdvice, memberAdvice } from './json-form.ts'
import { PlainRows } from './plain-rows.ts'
import { createRowFormat } from './row-format.ts'

const choice = { token: 'token', where: new Map(), keep: [] }
const array = "It is a JSON array. Write one element per line: jq -c '.[]' FILE | backend-logout …"
const object = "It is one JSON object. Write one object per line: jq -c '.' FILE | backend-logout …"
const arrayOfTexts =
  "It is a JSON array of texts. If each is a token, write one per line: jq -r '.[]' FILE | backend-logout …"
const row = (rows: string) =>
  `Write the token of each, where N is its position, from 0: jq -c '${rows}{token: .[N]}' FILE | backend-logout …`
const texts = "Its lines are JSON texts. Write them without quotes: jq -r '.' FILE | backend-logout …"

test.each([
  ['[', array],
  ['["abc","def"]', arrayOfTexts],
  ['[["user-1","abc"],["user-2","def"]]', `It is a JSON array of arrays. ${row('.[] | ')}`],
  ['\ufeff [{"token":"abc"},', array],
  ['{', object],
  ['"abc"', texts],
  ['"token"', undefined],
  ['"abc","def"', undefined],
  ['[]', undefined],
  ['[id],[token]', undefined],
  ['[redacted]', undefined],
  ['{"token":"abc"}', undefined],
  ['abc', undefined],
])('the advice on an input that begins with %s', (first, advice) => {
  expect(jsonAdvice(first)).toBe(advice)
})

test.each([
  ['[', '{"token":"abc"},', array],
  ['[', '{', array],
  ['[', '"abc",', arrayOfTexts],
  ['[', '["user-1","abc"],', `It is a JSON array of arrays. ${row('.[] | ')}`],
  ['["user-1","abc"]', '["user-2","def"]', `Its lines are JSON arrays. ${row('')}`],
  ['[{"token":"abc"}]', '[{"token":"def"}]', array],
  ['"session"', '"abc-1"', 'Its first line looks like the heading of a table: --column "session".'],
  ['"access_token"', '"abc-1"', 'Its first line looks like the heading of a table: --column "access_token".'],
  ['"abc-1"', '"def-2"', texts],
])('the advice on an input that begins with %s and then %s', (first, second, advice) => {
  expect(jsonAdvice(first, second)).toBe(advice)
})

test.each([
  [['["user-1","token-1"]', '["user-2","token-2"]'], 'Its lines are JSON arrays.'],
  [['"session"', '', '"token-1"'], '--column "session"'],
])('the second line of %j is known', (lines, advice) => {
  const rows = new PlainRows()
  for (const [at, text] of lines.entries()) rows.add({ text }, at + 1)
  expect(rows.advice()).toContain(advice)
})

test.each([
  [{}, 'Its first object has no members.'],
  [{ access: 'abc', user: 1 }, 'the members "access", "user". Name the one that holds the tokens: --column NAME.'],
  [{ _index: 'a', _id: '1', _source: { user: 'u', token: 'abc' } }, '"_index", "_id", "_source". Name'],
  [{ _index: 'a', _id: '1', _source: { user: 'u', token: 'abc' } }, ': --column _source.token.'],
  [
    { '@timestamp': '1', a: { b: { access_token: 'abc' } } },
    '"@timestamp", "a". Name the one that holds the tokens: --column a.b.access_token.',
  ],
  [{ a: { 'b.c': { token: 'abc' } }, d: [{ id: 'abc' }], e: { token: 7 } }, '--column NAME.'],
  [
    { accessToken: 'abc', user: 'u', refreshToken: 'def' },
    'Several hold tokens. Use a run for each: --column refreshToken, --column accessToken.',
  ],
  [{ a: { token: 'abc' }, b: { token: 'def' } }, 'Use a run for each: --column a.token, --column b.token.'],
  [{ tokens: ['abc', 'def'] }, "Tokens are in a list. Write one element per line: jq -r '.tokens[]' FILE |"],
  [{ hits: { total: 1, hits: [{ _source: { token: 'abc' } }] } }, "one element per line: jq -c '.hits.hits[]' FILE |"],
  [{ token: 'abc', others: [{ token: 'def' }] }, 'Name the one that holds the tokens: --column token.'],
  [{ users: ['u-1', 'abc'], tokens: [], rows: [['u-1', 'abc']], 'a-b': [{ token: 'abc' }] }, '--column NAME.'],
])('the advice on the members of %j', (value, advice) => {
  expect(memberAdvice(value)).toContain(advice)
})

test('members that are not names of columns are not shown, not even in a path', () => {
  expect(memberAdvice({ Zq7Rk2Wd9fTn4LbX6m: { token: 'abc' } })).toBe(
    'Its objects have the members (column 1). Name the one that holds the tokens: --column NAME.',
  )
})

test('of an object of any width and depth, a bounded number of members is read', () => {
  let reads = 0
  const counting = (value: unknown): object => ({
    get a() {
      reads++
      return value
    },
  })
  let deep = counting('abc')
  for (let level = 0; level < 5_000; level++) deep = counting(deep)
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`m${at}`, counting({ c: 1 })]))
  expect(memberAdvice({ deep, ...wide })).toContain('--column NAME.')
  expect(reads).toBeGreaterThan(100)
  expect(reads).toBeLessThanOrEqual(1_000)
})

test('the advice is short for an object with many tokens', () => {
  const object = Object.fromEntries(
    Array.from({ length: 900 }, (_, at) => [`a${String.fromCharCode(97 + (at % 26))}${at % 100}`, { token: 'abc' }]),
  )
  expect(memberAdvice(object).match(/--column/g)).toHaveLength(8)
})

test('a list in the member of --column is described', () => {
  const rows = createRowFormat({ ...choice, token: 'tokens' }, 'leaked.json')
  rows.add({ text: '{"tokens":["abc","def"]}' }, 1)
  expect(rows.advice()).toContain("jq -r '.tokens[]' FILE")
})

test('no line of an array is a token, also the last one, which looks like an object', () => {
  const rows = new PlainRows()
  const lines = ['[', '{"token":"token-1"},', '{"token":"token-2"}', ']']
  for (const [at, text] of lines.entries())
    expect(rows.add({ text }, at + 1)).toMatchObject([{ problem: expect.any(String) }])
  expect(rows.advice()).toBe(array)
  expect(beginsArray('[]')).toBe(false)
})

test('an array is refused as a table, with advice', () => {
  const rows = createRowFormat(choice, 'leaked.json')
  rows.add({ text: '' }, 1)
  expect(() => rows.add({ text: '[' }, 2)).toThrow(`leaked.json cannot be read. ${array} Nothing was sent.`)
})

test.each([
  [['{', '  "token": "token-1"', '}'], object],
  [['{}'], 'Its first object has no members.'],
  [['{"_source":{"token":"token-1"}}'], '--column _source.token.'],
])('objects that have no such member are refused with advice: %j', (lines, advice) => {
  const rows = createRowFormat(choice, 'leaked.json')
  for (const [at, text] of lines.entries())
    expect(rows.add({ text }, at + 1)).toMatchObject([{ problem: expect.any(String) }])
  expect(rows.advice()).toContain(advice)
})
