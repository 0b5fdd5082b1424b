import { expect, test } from 'vitest'
import { RecentRate } from './recent-rate.ts'

test('the rate covers the window, not the whole run', () => {
  const rate = new RecentRate(1_000)
  expect(rate.perSecond).toBe(0)
  rate.sample(0, 0)
  expect(rate.perSecond).toBe(0)
  for (let at = 100; at <= 5_000; at += 100) rate.sample(at, 1_000_000)
  for (let at = 5_100; at <= 8_000; at += 100) rate.sample(at, 1_000_000 + at)
  expect(rate.perSecond).toBeCloseTo(1_000)
})
