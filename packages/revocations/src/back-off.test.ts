import { expect, test } from 'vitest'
import { backOff } from './back-off.ts'

test('the pause grows with each consecutive failure, up to eight seconds, and half of it is random', () => {
  expect([1, 2, 3, 6, 7, 1000].map((failures) => backOff(failures, 0, 0))).toEqual([125, 250, 500, 4000, 4000, 4000])
  expect([1, 2, 3, 6, 7, 1000].map((failures) => backOff(failures, 0, 1))).toEqual([250, 500, 1000, 8000, 8000, 8000])
})

test('the wait that the feed specifies is the minimum, slightly spread, and at most five minutes', () => {
  expect(backOff(1, 10_000, 0)).toBe(10_125)
  expect(backOff(7, 10_000, 1)).toBe(11_000)
  expect(backOff(7, 100, 0)).toBe(4_000)
  expect(backOff(7, 1e12, 1)).toBe(308_000)
})
