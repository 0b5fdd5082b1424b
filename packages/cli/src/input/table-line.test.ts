import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { OpenRow } from './open-row.ts'
import { splitLine } from './table-line.ts'

/** Joins the lines of one row. */
function cellsOf(text: string, delimiter: string): readonly string[] {
  const row = new OpenRow()
  let isOpen = false
  for (const [number, line] of text.split('\n').entries()) {
    const split = splitLine(line, delimiter, isOpen)
    if (!split) throw new Error(`The quotes in line ${number} do not match.`)
    row.add({ text: line, number, ...split })
    isOpen = split.isOpen
  }
  expect(isOpen).toBe(false)
  return row.close().cells
}

test('the cells of a row are those that were written', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ';', '\t', ' ', '|', '\\') })
  const cells = fc.array(cell, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(cells, fc.constantFrom(',', '\t', ';', '|'), (cells, delimiter) => {
      const text = Papa.unparse([cells], { newline: '\n', delimiter })
      expect(cellsOf(text, delimiter)).toEqual(cells)
    }),
    { numRuns: 1_000 },
  )
})

test('spaces after a closing quote and a byte order mark before a row are ignored', () => {
  expect(splitLine('\ufeff"a" ,"b"\t, c', ',', false)).toEqual({ cells: ['a', 'b', ' c'], isOpen: false })
})
