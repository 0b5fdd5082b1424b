import { expect, test } from 'vitest'
import { formatLines, LineSet, parseLines } from './line-set.ts'

test('a set of lines contains exactly what was added, in any order', () => {
  const set = new LineSet()
  const added = new Set<number>()
  let seed = 1
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let i = 0; i < 500; i++) {
    const from = 1 + random(600)
    const to = from + random(5)
    set.add(from, to)
    for (let line = from; line <= to; line++) added.add(line)
    expect(set.size).toBe(added.size)
  }
  for (let line = 0; line <= 700; line++) expect(set.has(line)).toBe(added.has(line))
})

test('lines are written as ranges, and read back', () => {
  expect(formatLines([5, 3, 4, 9, 4])).toBe('3-5,9')
  expect(parseLines('3-5,9')).toEqual([
    [3, 5],
    [9, 9],
  ])
  expect(formatLines([])).toBe('')
  expect(parseLines('')).toEqual([])
})

test.each(['0', '5-3', '1,', 'a', '1-', '-1', '1.5', ' 1', '9999999999999999'])('%j is not a list of lines', (text) => {
  expect(parseLines(text)).toBeUndefined()
})
