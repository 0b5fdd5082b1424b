import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import type { Row } from './row.ts'
import { createRowFormat } from './row-format.ts'

/** Reads a text line by line, as the line reader passes it on. */
function rowsOf(text: string): Row[] {
  const format = createRowFormat({ token: 'token', where: new Map(), keep: ['user_id'] }, 'leaked.tsv')
  const rows = text.split('\n').flatMap((line, at) => format.add({ text: line }, at + 1))
  return [...rows, ...format.end()]
}

test.each([
  ['tabs', '\t'],
  ['bars', '|'],
])(
  'with %s, a quote that does not enclose a cell is plain text, and takes no token of another row',
  (_with, delimiter) => {
    const text = [
      'note|token|user_id',
      '"Weird Al|abc|7',
      'Monitor 27"|def|8',
      '"6" and "7"|ghi|9',
      'x|jkl|"open',
      'x|mno|27"',
      '"spreadsheet | cell"|stu|"1"',
      '"two',
      'lines ""2"""|vwx|2',
      'x|yz1|"last',
    ].join('\n')
    const rows = rowsOf(text.replaceAll('|', delimiter))
    expect(rows.map(({ token }) => token)).toEqual(['abc', 'def', 'ghi', 'jkl', 'mno', 'stu', 'vwx', 'yz1'])
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 10])
    expect(rows[3]).toMatchObject({ kept: { user_id: '"open' } })
    expect(rows[5]).toMatchObject({ kept: { user_id: '1' } })
  },
)

test('with tabs, no quote hides a token: its row is read, or reported', () => {
  const cell = fc.stringMatching(/^["a 7]{0,4}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = rows.map(([note, user], at) => `${note}\ttoken-${at}\t${user}`)
      const found = rowsOf(`note\ttoken\tuser_id\n${lines.join('\n')}\n`)
      const reported = new Set(found.flatMap((row) => (row.token === undefined ? row.line : [])))
      const read = new Set(found.map(({ token }) => token))
      expect(rows.filter((_, at) => !read.has(`token-${at}`) && !reported.has(at + 2))).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})

const DELIMITERS = [
  ['tabs', '\t'],
  ['bars', '|'],
] as const

test.each(DELIMITERS)(
  'with %s, quotes enclose cells if the row then has the cells of the heading',
  (_with, delimiter) => {
    const rows = (...lines: string[]) =>
      rowsOf(['note|token|user_id', ...lines].join('\n').replaceAll('|', delimiter)).map(
        ({ line, token }) => `${line} ${token}`,
      )
    expect(rows('"a|abc|b"')).toEqual(['2 abc'])
    expect(rows('"a|b"|abc|1')).toEqual(['2 abc'])
    expect(rows('"a|b"|abc|1|')).toEqual(['2 abc'])
    expect(rows('"a|b"|abc|1|x')).toEqual(['2 undefined'])
    // Cells of a spreadsheet: `gone` is a part of one.
    expect(rows('x|abc|"a', 'one|gone|b', 'c"')).toEqual(['2 undefined', '3 undefined', '4 undefined'])
    expect(rows('"one|gone', '', 'two"|abc|1')).toEqual(['2 undefined', '3 undefined', '4 undefined'])
    expect(rows('x|abc|"one', 'two|gone"', 'x|def|2')).toEqual(['2 undefined', '3 undefined', '4 def'])
    // No line is a row without the quotes.
    expect(rows('x|abc|"a|b', 'c"', 'y|def|2')).toEqual(['2 abc', '4 def'])
    expect(rows('"a|b|gone|c', '', 'd"|abc|1')).toEqual(['2 undefined', '3 undefined', '4 undefined'])
    expect(rows('"a', 'b|c', 'd"|abc|"e|f', 'g"')).toEqual(['2 abc'])
    // Separate rows of a database.
    expect(rows('"Bob|abc|7', 'Al"|def|8', 'x|ghi|9')).toEqual(['2 abc', '3 def', '4 ghi'])
    expect(rows('"Bob|abc|7', '', 'x|def|8', 'Al"|ghi|9')).toEqual(['2 abc', '4 def', '5 ghi'])
    expect(rows('"Bob|abc|7', 'Al"')).toEqual(['2 abc', '3 undefined'])
    expect(rows('"Bob|abc|7', 'Al"|def|"8', 'x"|ghi|9')).toEqual(['2 abc', '3 def', '4 ghi'])
  },
)

const tokenAt = (_: unknown, at: number): string => `token-${at}`

test.each(DELIMITERS)('with %s and without quoting, all tokens are read', (_with, delimiter) => {
  const cell = fc.stringMatching(/^["a 7]{0,4}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = rows.map(([note, user], at) => [note, `token-${at}`, user].join(delimiter))
      const found = rowsOf(`${['note', 'token', 'user_id'].join(delimiter)}\n${lines.join('\n')}\n`)
      expect(found.map(({ token }) => token)).toEqual(rows.map(tokenAt))
    }),
    { numRuns: 2_000 },
  )
})

test.each(DELIMITERS)('with %s and quoting, no part of a cell is read as a token', (_with, delimiter) => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', delimiter, '\n', ' '), maxLength: 5 })
  // No such cells can also be parts of two rows: with 5 delimiters before the second cell and 5 after the first one, that
  // takes 5 delimiters and a line break in one cell.
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), fc.boolean(), (rows, quotes) => {
      const records = rows.map(([note, user], at) => ['id', note, `token-${at}`, 'w', 'x', user, 'y'])
      const text = Papa.unparse([['id', 'note', 'token', 'w', 'x', 'user_id', 'y'], ...records], {
        delimiter,
        quotes,
        newline: '\n',
      })
      const found = rowsOf(text)
      const read = found.flatMap(({ token }) => token ?? [])
      expect(rows.map(tokenAt)).toEqual(expect.arrayContaining(read))
      const lost = rows.length - read.length
      expect(found.filter(({ token }) => token === undefined).length).toBeGreaterThanOrEqual(lost)
    }),
    { numRuns: 2_000 },
  )
})

test.each<[string, (at: number) => string]>([
  ['quotes that stay open', () => 'x\t"y'],
  ['quotes that close late', (at) => (at % 900 ? 'x\ty\tz' : '"\ty\t"')],
  ['pairs of quotes', (at) => (at % 900 ? '""\t""\tz' : 'x\t"y\tz')],
])('with tabs, the time is linear in the size of the table: %s', { timeout: 10_000 }, (_what, lineOf) => {
  const lines = Array.from({ length: 100_000 }, (_, at) => lineOf(at + 1))
  expect(rowsOf(`note\ttoken\tuser_id\n${lines.join('\n')}`)).toHaveLength(lines.length)
})
