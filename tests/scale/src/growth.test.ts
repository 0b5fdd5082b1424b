import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider } from './fleet.ts'
import { watchGrowth } from './growth.ts'

test('worker memory, tables and indexes do not grow with the number of revoked tokens', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const { samples, mostMemory, idlePerSecond } = await watchGrowth(provider, postgres, {
    size: 10_000,
    workers: 2,
    idleSeconds: 20,
  })
  const [full, , , empty] = samples
  // Some free space for the next logouts: the dead rows of a short run are not yet vacuumed.
  expect(empty?.tables).toBeLessThan((full?.tables ?? 0) * 3)
  expect(empty?.indexes).toBeLessThan((full?.indexes ?? 0) * 3)
  expect(mostMemory).toBeLessThan(400)
  // Vacuums count too.
  expect(idlePerSecond).toBeLessThan(4)
})
