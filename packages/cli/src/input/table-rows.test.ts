import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import type { ColumnChoice } from './column-choice.ts'
import type { Row } from './row.ts'
import { createRowFormat } from './row-format.ts'

const choice: ColumnChoice = { token: 'token', where: new Map(), keep: ['user_id'] }

/** Reads a text line by line, as the line reader passes it on. */
async function rowsOf(text: string, given: Partial<ColumnChoice> = {}): Promise<Row[]> {
  const format = await createRowFormat({ ...choice, ...given }, 'leaked.csv')
  const rows = text.split('\n').flatMap((line, at) => format.add({ text: line }, at + 1))
  return [...rows, ...format.end()]
}

test.each([
  ['commas', 'user_id,token\n7,abc\n'],
  ['tabs', 'user_id\ttoken\n7\tabc\n'],
  ['semicolons', 'user_id;token\n7;abc\n'],
  ['bars', 'user_id|token\n7|abc\n'],
  ['quotes', '"user_id","token"\n"7","abc"\n'],
  ['CRLF and blank lines', '\r\nuser_id,token\r\n7,abc\r\n\r\n'],
  ['a comma at the end of each row', 'user_id,token\n7,abc,\n'],
  ['JSON objects', '{"user_id":7,"token":"abc"}\n'],
])('a table with %s is read', async (_with, text) => {
  expect(await rowsOf(text)).toMatchObject([{ token: 'abc', kept: { user_id: '7' } }])
})

test('a row with line breaks in a cell is one row, named by its first line', async () => {
  expect(await rowsOf('user_id,token,note\n7,abc,"one\ntwo, ""2""\n"\n8,def,x\n')).toMatchObject([
    { line: 2, token: 'abc' },
    { line: 5, token: 'def' },
  ])
})

test.each([
  ['never closed', '7,abc,"oops\n8,def,x\n9,ghi,"y"\n'],
  ['closed in the midst of a cell', '7,abc,"oops"x\n8,def,x\n9,ghi,"y"\n'],
])('a quote that is %s invalidates only its own row', async (_how, text) => {
  expect(await rowsOf(`user_id,token,note\n${text}`)).toMatchObject([
    { line: 2, problem: 'The quotes in this row do not match.' },
    { line: 3, token: 'def' },
    { line: 4, token: 'ghi' },
  ])
})

test('an unclosed quote delays at most a thousand lines', async () => {
  const format = await createRowFormat(choice, 'leaked.csv')
  format.add({ text: 'user_id,token' }, 1)
  format.add({ text: '7,"abc' }, 2)
  let rows = 0
  for (let line = 3; line < 1_100; line++) rows += format.add({ text: `${line},t${line}` }, line).length
  // The row with the quote, and every line after it.
  expect(rows).toBe(1_098)
})

test('a row with too many or too few cells is not read: another cell would be mistaken for the token', async () => {
  expect(await rowsOf('user_id,token\n7,Smith, John,abc\n7\n')).toMatchObject([
    { line: 2, problem: 'The row has 4 cells, and the heading has 2.' },
    { line: 3, problem: 'The row has 1 cells, and the heading has 2.' },
  ])
})

test.each(['', ' ', 'NULL', 'null', '\\N', '-', 'n/a', 'None'])(
  '%j in the token column is not a token',
  async (cell) => {
    expect(await rowsOf(`user_id,token\n7,${cell}\n`)).toEqual([{ line: 2, leftOut: 'empty' }])
  },
)

test('conditions on one column are alternatives; those on several columns must all hold', async () => {
  const where = new Map([
    ['app', new Set(['web', 'spa'])],
    ['live', new Set(['true'])],
  ])
  const text = 'app,live,user_id,token\nweb,true,1,a1\nspa,true,2,a2\nweb,false,3,a3\nios,true,4,a4\n'
  const found = (await rowsOf(text, { where })).filter((row) => row.token !== undefined)
  expect(found.map(({ token }) => token)).toEqual(['a1', 'a2'])
})

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['+cmd|calc', "'+cmd|calc"],
  ['  =HYPERLINK("x")', `'  =HYPERLINK("x")`],
  ['-12.5', '-12.5'],
  ['+49 30 123', '+49 30 123'],
  ['a\u202eb\u0007', 'a\\u202eb\\u0007'],
  ['x'.repeat(300), `${'x'.repeat(256)}…`],
  ['see abc-the-token!', 'see [masked]!'],
  ['eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.sig', '[masked]'],
])('a kept cell %j is written as %j', async (cell, kept) => {
  const quoted = `"${cell.replaceAll('"', '""')}"`
  expect(await rowsOf(`user_id,token\n${quoted},abc-the-token\n`)).toMatchObject([{ kept: { user_id: kept } }])
})

test('a table without the columns is refused, and the message omits its first line if that may contain tokens', async () => {
  await expect(rowsOf('id,access_token\n7,abc\n')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('no column "token". Its first line has "id", "access_token"'),
  })
  const secret = 'AbC123dEf456GhI789jKl'
  const error = await rowsOf(`alice,${secret}\nbob,x\n`).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ message: expect.stringContaining('"alice", (column 2)') })
  expect(String(error)).not.toContain(secret.slice(0, 6))
})

test('a duplicate column is refused', async () => {
  await expect(rowsOf('token,user_id,token\n1,2,3\n')).rejects.toMatchObject({
    message: expect.stringContaining('2 columns "token"'),
  })
})

test('members of JSON objects can have any name, and can be nested', async () => {
  const text = '{"session":{"access":"abc","type":"x"},"n":1}\n{"session":{}}\n[1]\n{"session":{"access":5}}\n{\n'
  expect(await rowsOf(text, { token: 'session.access', keep: ['n', 'session.type'] })).toMatchObject([
    { token: 'abc', kept: { n: '1', 'session.type': 'x' } },
    { problem: 'The JSON object has no member "session.access".' },
    { problem: 'The line is not a JSON object.' },
    { problem: 'The member "session.access" is not a string.' },
    { problem: 'The line is not valid JSON.' },
  ])
})

test('tokens are read unchanged, whatever the cells of a table contain', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'B', ',', '"', '\n', ';', '\t', ' ', "'", '=', '|', '\\') })
  const row = fc.tuple(cell, fc.stringMatching(/^[A-Za-z0-9._~+/-]{4,20}$/), cell)
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      const text = Papa.unparse([['note', 'token', 'user_id'], ...rows], { newline: '\n' })
      const found = await rowsOf(`${text}\n`)
      expect(found.map(({ token }) => token)).toEqual(rows.map(([, token]) => token))
    }),
    { numRuns: 200 },
  )
})
