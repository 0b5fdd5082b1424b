import { expect, test } from 'vitest'
import { RateMeter } from './rate-meter.ts'

test('RateMeter measures the average of the last ten seconds', () => {
  let now = 0
  const meter = new RateMeter(() => now)
  for (; now < 5000; now += 10) meter.count()
  expect(meter.perSecond()).toBe(100)
  for (; now < 60_000; now += 100) meter.count()
  expect(meter.perSecond()).toBe(10)
  now += 60_000
  expect(meter.perSecond()).toBe(0)
})
