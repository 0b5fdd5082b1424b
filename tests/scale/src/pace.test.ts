import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { drainAtLimit } from './pace.ts'

test("four workers share one pace: they use the provider's limit, with almost no refusals", async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('pace')
  const { usedLater, refused } = await drainAtLimit(provider, store, {
    limit: 'windows',
    workers: 4,
    seconds: 35,
    perSecond: 100,
  })
  // Workers with separate paces have 5 to 7 % of their requests refused. A machine that is busy with other tests sends
  // late, in bursts; `scale:full pace` measures on a quiet one.
  expect(refused).toBeLessThan(0.04)
  expect(usedLater).toBeGreaterThan(0.4)
})

test('a bulk run of the command line shares the pace of two workers, and all of them make progress', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('pace_bulk')
  const size = { limit: 'windows', workers: 2, seconds: 35, bulk: 'a bulk run', perSecond: 100 } as const
  const { usedLater, refused, bulk } = await drainAtLimit(provider, store, size)
  expect(refused).toBeLessThan(0.03)
  expect(usedLater).toBeGreaterThan(0.6)
  // As one of three workers.
  expect(bulk).toBeGreaterThan(0.1)
  expect(bulk).toBeLessThan(0.8)
})
