import { expect, test } from 'vitest'
import { Alarm } from './alarm.ts'

const FOREVER = Number.POSITIVE_INFINITY

test('an alarm ends the sleep', async () => {
  const alarm = new Alarm()
  setTimeout(() => alarm.ring(), 5)
  await alarm.sleep(FOREVER)
})

test('an alarm that rings before the sleep ends it at its beginning, once', async () => {
  const alarm = new Alarm()
  alarm.ring()
  alarm.ring()
  await alarm.sleep(FOREVER)
  const startedAt = performance.now()
  await alarm.sleep(30)
  expect(performance.now() - startedAt).toBeGreaterThan(25)
})

test('a sleep ends by itself, also one whose end is past', async () => {
  const alarm = new Alarm()
  await alarm.sleep(1)
  await alarm.sleep(-5)
})
