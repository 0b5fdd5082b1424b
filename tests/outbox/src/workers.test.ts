import { expect, test } from 'vitest'
import { startPostgres } from './postgres-server.ts'
import { startProvider } from './scene.ts'
import { drainWith } from './workers.ts'

test('four processes share one Postgres, and no logout is processed by two of them', async () => {
  await using provider = await startProvider('opaque')
  await using postgres = await startPostgres()
  const result = await drainWith(4, 2000, provider, await postgres.database('workers'))
  expect(result).toMatchObject({ alive: 0, duplicates: 0 })
  expect(result.shares.reduce((sum, share) => sum + share)).toBe(2000)
  expect(Math.min(...result.shares)).toBeGreaterThan(0)
})
