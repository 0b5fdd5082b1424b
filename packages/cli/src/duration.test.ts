import { expect, test } from 'vitest'
import { formatCount, formatDuration } from './duration.ts'

test.each([
  [0, '0.0 s'],
  [840, '0.8 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('%i milliseconds are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('large numbers are grouped', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  for (const count of [0, 7, 42, 999, 1_000, 10_000, 123_456, 1_000_000, Number.MAX_SAFE_INTEGER]) {
    expect(formatCount(count)).toBe(count.toLocaleString('en-US'))
  }
})
