import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { drainAtLimit } from './pace.ts'

test("four workers share one pace: they use the provider's limit, with almost no refusals", async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('pace')
  const { usedLater, refused } = await drainAtLimit(provider, store, { limit: 'windows', workers: 4, seconds: 45 })
  // Workers with a pace each have 5 to 7 % of their requests refused. A machine that is busy with other tests sends late, in
  // bursts; `scale:full pace` measures on one that is quiet.
  expect(refused).toBeLessThan(0.03)
  expect(usedLater).toBeGreaterThan(0.6)
})
