import fc from 'fast-check'
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
