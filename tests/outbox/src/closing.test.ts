import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { query } from './postgres-server.ts'
import { events, open, provider, setUpDatabases, store } from './shared-database.ts'

setUpDatabases()

const WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%notes%'`

test('closing while a worker asks for a turn is not a failure', async () => {
  const outbox = await open()
  const [first, second] = await provider.issueTokens(2)
  await outbox.add({ accessToken: first })
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })

  const other = new pg.Client(store)
  await other.connect()
  await other.query(`BEGIN; SELECT 1 FROM backend_logout.job WHERE name = 'notes' FOR UPDATE`)
  const stop = new AbortController()
  const working = outbox.work({ signal: stop.signal, graceMs: 100 })
  await outbox.add({ accessToken: second })
  while ((await query<{ count: number }>(store, WAITING))[0]?.count === 0) await sleep(20)
  stop.abort()
  await working
  await outbox.close()
  await other.end()
  expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
})
