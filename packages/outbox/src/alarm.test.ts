import { expect, test } from 'vitest'
import { Alarm } from './alarm.ts'

const FOREVER = Number.POSITIVE_INFINITY

test('an alarm ends the sleep', async () => {
  const alarm = new Alarm()
  setTimeout(() => alarm.ring(), 5)
  await alarm.sleep(FOREVER)
})

test('an alarm before the sleep ends it immediately, but only once', async () => {
  const alarm = new Alarm()
  alarm.ring()
  alarm.ring()
  await alarm.sleep(FOREVER)
  const startedAt = performance.now()
  await alarm.sleep(30)
  expect(performance.now() - startedAt).toBeGreaterThan(25)
})

test('a sleep ends on its own, even if its end is past', async () => {
  const alarm = new Alarm()
  await alarm.sleep(1)
  await alarm.sleep(-5)
})
