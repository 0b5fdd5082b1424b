import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { addBesideBacklog } from './lanes.ts'

test('a user who logs out now is served within moments beside a backlog, which gets its tenth', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('lanes')
  const size = { backlog: 40_000, workers: 4, seconds: 10, perSecond: 20 }
  const result = await addBesideBacklog(provider, store, size)
  expect(result.added).toBeGreaterThan(150)
  // In the order of the backlog it would be more than a minute. The full run measures more strictly.
  expect(result.p99).toBeLessThanOrEqual(2_000)
  expect(result.backlogShare).toBeGreaterThan(0.1)
})
