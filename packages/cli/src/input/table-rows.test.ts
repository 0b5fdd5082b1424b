import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import type { ColumnChoice } from './column-choice.ts'
import type { Row } from './row.ts'
import { createRowFormat } from './row-format.ts'

const choice: ColumnChoice = { token: 'token', where: new Map(), keep: ['user_id'] }

/** Reads a text line by line, as the line reader passes it on. */
function rowsOf(text: string, given: Partial<ColumnChoice> = {}): Row[] {
  const format = createRowFormat({ ...choice, ...given }, 'leaked.csv')
  const rows = text.split('\n').flatMap((line, at) => format.add({ text: line }, at + 1))
  return [...rows, ...format.end()]
}

/** The message with which a table is refused. */
function refusalOf(text: string): string {
  try {
    return `It has rows: ${JSON.stringify(rowsOf(text))}`
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 })
    return String(error)
  }
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
])('a table with %s is read', (_with, text) => {
  expect(rowsOf(text)).toMatchObject([{ token: 'abc', kept: { user_id: '7' } }])
})

test('a row with line breaks in a cell is one row, named by its first line', () => {
  expect(rowsOf('user_id,token,note\n7,abc,"one\ntwo, ""2""\n"\n8,def,x\n')).toMatchObject([
    { line: 2, token: 'abc' },
    { line: 5, token: 'def' },
  ])
})

test.each([
  ['never closed', '7,abc,"oops\n8,def,x\n9,ghi,"y"\n'],
  ['closed in the midst of a cell', '7,abc,"oops"x\n8,def,x\n9,ghi,"y"\n'],
])('a quote that is %s invalidates only its own row', (_how, text) => {
  expect(rowsOf(`user_id,token,note\n${text}`)).toMatchObject([
    { line: 2, problem: 'The quotes in this row do not match.' },
    { line: 3, token: 'def' },
    { line: 4, token: 'ghi' },
  ])
})

test('a heading may have line breaks in its cells', () => {
  expect(rowsOf('note;"user\nname";user_id;token\nx;y;7;abc\n')).toMatchObject([{ line: 3, token: 'abc' }])
  expect(rowsOf('"a\nb",user_id,token\nx,7,abc\n')).toMatchObject([{ line: 3, token: 'abc' }])
  for (const open of ['user_id,token,"note\n7,abc,x\n', `user_id,token,"note\n${'\n'.repeat(2_000)}"`]) {
    expect(refusalOf(open)).toContain('The quotes in its heading do not match.')
  }
})

test('an unclosed quote delays at most a thousand lines', () => {
  const format = createRowFormat(choice, 'leaked.csv')
  format.add({ text: 'user_id,token' }, 1)
  format.add({ text: '7,"abc' }, 2)
  let rows = 0
  for (let line = 3; line < 1_100; line++) rows += format.add({ text: `${line},t${line}` }, line).length
  // The row with the quote, and every line after it.
  expect(rows).toBe(1_098)
})

test('a row with too many or too few cells is not read: another cell would be mistaken for the token', () => {
  expect(rowsOf('user_id,token\n7,Smith, John,abc\n7\n')).toMatchObject([
    { line: 2, problem: 'The row has 4 cells, and the heading has 2.' },
    { line: 3, problem: 'The row has 1 cells, and the heading has 2.' },
  ])
})

test.each(['', ' ', 'NULL', 'null', '\\N', '-', 'n/a', 'None', '(null)', '<nil>', '#N/A', '(blank)', '[]'])(
  '%j in the token column is not a token',
  (cell) => {
    expect(rowsOf(`user_id,token\n7,${cell}\n`)).toEqual([{ line: 2, leftOut: 'empty' }])
  },
)

test.each(['[REDACTED]', '********', 'sha256:db1c480639e0ee98', '#REF!', 'eyJhbGciOi...', 'access_token=abc'])(
  '%j in the token column is a token that is lost',
  (cell) => {
    expect(rowsOf(`user_id,token\n7,${cell}\n`)).toMatchObject([{ line: 2, problem: expect.any(String) }])
  },
)

test('conditions on one column are alternatives; those on several columns must all hold', () => {
  const where = new Map([
    ['app', new Set(['web', 'spa'])],
    ['live', new Set(['true'])],
  ])
  const text = 'app,live,user_id,token\nweb,true,1,a1\nspa,true,2,a2\nweb,false,3,a3\nios,true,4,a4\n'
  const found = rowsOf(text, { where }).filter((row) => row.token !== undefined)
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
])('a kept cell %j is written as %j', (cell, kept) => {
  const quoted = `"${cell.replaceAll('"', '""')}"`
  expect(rowsOf(`user_id,token\n${quoted},abc-the-token\n`)).toMatchObject([{ kept: { user_id: kept } }])
})

test('a table without the columns is refused, and the message omits its first line if that may contain tokens', () => {
  expect(refusalOf('id,access_token\n7,abc\n')).toContain('no column "token". Its first line has "id", "access_token"')
  const secret = 'AbC123dEf456GhI789jKl'
  const message = refusalOf(`alice,${secret}\nbob,x\n`)
  expect(message).toContain('"alice", (column 2)')
  expect(message).not.toContain(secret.slice(0, 6))
})

test('a duplicate column is refused', () => {
  expect(refusalOf('token,user_id,token\n1,2,3\n')).toContain('2 columns "token"')
})

test('members of JSON objects can have any name, and can be nested', () => {
  const text = '{"session":{"access":"abc","type":"x"},"n":1}\n{"session":{}}\n[1]\n{"session":{"access":5}}\n{\n'
  expect(rowsOf(text, { token: 'session.access', keep: ['n', 'session.type'] })).toMatchObject([
    { token: 'abc', kept: { n: '1', 'session.type': 'x' } },
    { problem: 'The JSON object has no member "session.access".' },
    { problem: 'The line is not a JSON object.' },
    { problem: 'The member "session.access" is not a string.' },
    { problem: 'The line is not valid JSON.' },
  ])
})

test('--where leaves out objects of other kinds before they are judged', () => {
  const where = new Map([['event', new Set(['issued'])]])
  const text = '{"event":"page"}\n{"event":"issued","token":"abc"}\n{"event":"page","token":7}\n{"event":"issued"}\n'
  expect(rowsOf(text, { where })).toMatchObject([
    { leftOut: 'filtered' },
    { token: 'abc' },
    { leftOut: 'filtered' },
    { problem: 'The JSON object has no member "token".' },
  ])
})

test('a member of --where that no object has is a mistake', () => {
  const where = new Map([['clinet', new Set(['web'])]])
  expect(() => rowsOf('{"client":"web","token":"abc"}\n', { where })).toThrow(
    'None of its objects has the member "clinet" of --where. Its first one has "client", "token". Nothing was sent.',
  )
  expect(rowsOf('{"token":"abc"}\n{"clinet":"web","token":"def"}\n', { where })).toHaveLength(2)
  expect(rowsOf('{"token":"abc"}\n', { where: new Map([['revoked', new Set([''])]]) })).toMatchObject([
    { token: 'abc' },
  ])
})

test('a byte order mark within joined files of JSON objects is ignored', () => {
  expect(rowsOf('\ufeff{"token":"abc"}\n\ufeff{"token":"def"}\n')).toMatchObject([{ token: 'abc' }, { token: 'def' }])
})

test('tokens are read unchanged, whatever the cells of a table contain', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'B', ',', '"', '\n', ';', '\t', ' ', "'", '=', '|', '\\') })
  // With a digit first and last, it is neither a missing value nor a heading, and not masked.
  const row = fc.tuple(cell, fc.stringMatching(/^\d[A-Za-z0-9._~/-]{3,19}\d$/), cell)
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
      const text = Papa.unparse([['note', 'token', 'user_id'], ...rows], { newline: '\n' })
      const found = rowsOf(`${text}\n`)
      expect(found.map(({ token }) => token)).toEqual(rows.map(([, token]) => token))
    }),
    { numRuns: 200 },
  )
})

/** Reads each row from the first of its lines, up to the line with which Papa Parse finds its quotes closed. */
function plainRowsOf(lines: readonly string[]): Row[] {
  const rows: Row[] = []
  for (let from = 0, to: number; from < lines.length; from = to) {
    to = from + 1
    if (lines[from]?.trim() === '') continue
    let problem = 'The quotes in this row do not match.'
    for (let end = to; end <= lines.length; end++) {
      const text = lines.slice(from, end).join('\n')
      const { data, errors } = Papa.parse(text, { delimiter: ',', newline: '\n' })
      if (errors.some(({ code }) => code === 'InvalidQuotes')) break
      if (errors.some(({ code }) => code === 'MissingQuotes')) continue
      problem = `The row has ${data[0]?.length} cells, and the heading has 500.`
      to = end
      break
    }
    rows.push({ line: from + 2, problem })
  }
  return rows
}

test('rows with any quotes are those of Papa Parse, and each other line is a separate row', () => {
  const line = fc.string({ unit: fc.constantFrom('a', ',', '"', '"', ' ', '",', ',"', '\ufeff'), maxLength: 8 })
  const heading = `user_id,token${',more'.repeat(498)}`
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      expect(rowsOf([heading, ...lines].join('\n'))).toEqual(plainRowsOf(lines))
    }),
    { numRuns: 2_000 },
  )
})

/** Each of these lines is one row. */
test.for<[string, number, (at: number) => string]>([
  ['lines that each leave a quote open', 100_000, (at) => `user-${at},t","`],
  ['such lines before one with text after a quote', 100_000, (at) => (at % 999 ? `user-${at},t","` : '"x"y')],
  ['a long line of quotes and spaces', 100, () => `"${'"x'.repeat(32_000)}${' '.repeat(64_000)},`],
  ['a long cell of beginnings of JWTs', 30, () => `${'eyJ'.repeat(40_000)},abc`],
])('the time for a table is linear in its size: %s', async ([, count, lineOf], { expect, signal }) => {
  const format = createRowFormat(choice, 'leaked.csv')
  format.add({ text: 'user_id,token' }, 1)
  let rows = 0
  for (let at = 0; at < count; at++) {
    rows += format.add({ text: lineOf(at) }, at + 2).length
    // The time limit of a test can end it only here.
    if (at % 100 === 0 || count <= 100) await turn(undefined, { signal })
  }
  expect(rows + format.end().length).toBe(count)
})
