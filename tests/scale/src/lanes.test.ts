import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { addBesideBacklog } from './lanes.ts'

test('a user who logs out now is served within a second beside a backlog, which gets its tenth', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('lanes')
  const size = { backlog: 40_000, workers: 4, seconds: 10, perSecond: 20 }
  const result = await addBesideBacklog(provider, store, size)
  expect(result.added).toBeGreaterThan(150)
  expect(result.p99).toBeLessThanOrEqual(1_000)
  expect(result.backlogShare).toBeGreaterThan(0.1)
})
