import { setTimeout as sleep } from 'node:timers/promises'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { end, names, openAdder, startLimitedProvider, startWorker } from './fleet.ts'

const IMPORT = `--import=${new URL('programs/clock-offset.ts', import.meta.url)}`

test('workers whose clocks are two hours ahead, a minute ahead and an hour behind share one pace and one pause', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('clocks')
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('token', 3_000))
  await provider.call('limitTo', 'windows', 100)
  const offsets = [7_200_000, 60_000, -3_600_000]
  const workers = await Promise.all(
    offsets.map((offset) =>
      startWorker(provider, store, {}, undefined, { CLOCK_OFFSET_MS: String(offset), NODE_OPTIONS: IMPORT }),
    ),
  )
  try {
    await sleep(15_000)
    await provider.call('reset')
    await sleep(6_000)
    const seconds = await provider.call('seconds')
    const admitted = seconds.slice(0, 6).map((second) => second.admitted)
    expect(admitted.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(6 * 50)
    const [row] = await query<{ until: string | null }>(
      store,
      `SELECT max(start_after - now())::text AS until FROM backend_logout.job WHERE name = 'notes' AND start_after > now() + interval '5 seconds'`,
    )
    expect(row?.until).toBeNull()
  } finally {
    await end(workers)
  }
})
