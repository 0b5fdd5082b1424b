import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { surviveOutage } from './outage.ts'

test('after an outage the first request follows within seconds, without a herd, and a pause is at most one event', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const result = await surviveOutage(provider, await postgres.database('outage'), { seconds: 20, workers: 4 })
  expect(result.firstAfter).toBeLessThan(5)
  // Some five seconds on a quiet machine. On a busy one, workers that send late are refused now and then, and pause.
  expect(result.regainedAfter).toBeLessThan(40)
  expect(result.most).toBeLessThanOrEqual(200)
  // One every four seconds, and not one for each worker.
  expect(result.probes).toBeLessThanOrEqual(14)
  // For each worker. One that had no request in progress may hear of the pause only when it is over, and where the
  // provider fails during a pause after a refusal, that pause becomes longer, which is no other one.
  expect(result.pausedEvents).toBeLessThanOrEqual(1)
})
