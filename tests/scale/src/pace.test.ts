import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { drainAtLimit } from './pace.ts'

test('four workers use up what a provider admits, which refuses next to nothing', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('pace')
  const { usedLater, refused } = await drainAtLimit(provider, store, { limit: 'windows', workers: 4, seconds: 45 })
  expect(refused).toBeLessThan(0.01)
  // A machine that is busy with other tests sends late; the full run measures more strictly.
  expect(usedLater).toBeGreaterThan(0.9)
})
