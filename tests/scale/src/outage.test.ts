import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { surviveOutage } from './outage.ts'

test('after an outage the first request follows within seconds, without a herd, and a pause is at most one event', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const result = await surviveOutage(provider, await postgres.database('outage'), {
    seconds: 20,
    workers: 4,
    perSecond: 100,
  })
  // At the next probe, which follows within four seconds. Pauses that grew without a limit would be longer.
  expect(result.firstAfter).toBeLessThan(15)
  // Within the minute that it has. About five seconds on a quiet machine; on a busy one, some requests of late workers
  // are refused, and the workers pause.
  expect(result.regainedAfter).toBeLessThan(Number.POSITIVE_INFINITY)
  expect(result.most).toBeLessThanOrEqual(100)
  // One every four seconds and the requests that were in flight, and not one for each worker, which would be 20 and these.
  expect(result.probes).toBeLessThanOrEqual(17)
  // For each worker. A worker without a request in flight may learn of the pause only after it is over. If the provider
  // fails during a pause after a refusal, that pause becomes longer; it does not count as another one.
  expect(result.pausedEvents).toBeLessThanOrEqual(1)
})
