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
    expect(admitted.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(6 * 20)
    const [row] = await query<{ until: string | null }>(
      store,
      `SELECT max(start_after - now())::text AS until FROM backend_logout.job WHERE name = 'notes' AND start_after > now() + interval '5 seconds'`,
    )
    expect(row?.until).toBeNull()
  } finally {
    await end(workers)
  }
})

/** Makes the database's clock adjustable: unqualified names of functions resolve to those of this schema first. */
const CLOCK = `CREATE SCHEMA wrong;
  CREATE TABLE wrong.clock (ahead interval);
  INSERT INTO wrong.clock VALUES ('0');
  CREATE FUNCTION wrong.now() RETURNS timestamptz STABLE LANGUAGE sql
    AS 'SELECT pg_catalog.now() + ahead FROM wrong.clock';
  CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
    AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM wrong.clock';
  ALTER DATABASE jumps SET search_path = wrong, pg_catalog, public`

test.each(['2 hours', '-2 hours'])(
  'the clock of the database jumps by %s, and work continues within seconds',
  async (by) => {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    const store = await postgres.database('jumps')
    await query(store, CLOCK)
    await using adder = await openAdder(provider, store)
    // The query of pg-boss names the true one.
    const clock = 'FUNCTION backend_logout.job_now() RETURNS timestamptz STABLE LANGUAGE sql'
    await query(store, `CREATE OR REPLACE ${clock} AS 'SELECT wrong.now()'`)
    const tokens = Array.from(names('token', 1_800), ({ accessToken }) => accessToken)
    await adder.addMany(tokens.map((accessToken) => ({ accessToken })))
    await provider.call('limitTo', 'windows', 100)
    const errors: unknown[] = []
    const start = () =>
      startWorker(provider, store, { events: ['store_error', 'dead'] }, ({ event }) => errors.push(event))
    const workers = await Promise.all([start(), start()])
    try {
      await sleep(5_000)
      await query(store, `UPDATE wrong.clock SET ahead = '${by}'`)
      await sleep(1_000)
      const before = await provider.call('asked')
      await sleep(10_000)
      // Five of the ten seconds pass until a worker checks the clock, and one may be a pause. If a worker believed the
      // jump, nothing would happen for two hours.
      expect((await provider.call('asked')) - before).toBeGreaterThan(50)
      await adder.add({ accessToken: 'user' })
      // The time limit of the test is four minutes, and the jump two hours.
      while ((await provider.call('firstAsked', ['user']))[0] === undefined) await sleep(20)
      while ((await provider.call('firstAsked', tokens)).includes(undefined)) await sleep(100)
      while ((await adder.stats()).pending > 0) await sleep(100)
      expect(await adder.stats()).toMatchObject({ pending: 0, dead: 0 })
      // Jobs are claimed twice after a jump. If Postgres ends one of two settlements of the same rows, it is repeated.
      expect(errors.filter((error) => !/deadlock detected/.test(JSON.stringify(error)))).toEqual([])
    } finally {
      await end(workers)
    }
  },
)
