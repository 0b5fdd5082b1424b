import { READ_MS, type Store, WRITE_MS } from './boss.ts'
import type { OutboxStats } from './outbox.ts'
import { DEAD, QUEUE } from './queues.ts'
import { SharedPause } from './shared-pause.ts'

interface Row {
  readonly name: string
  readonly state: string
  readonly count: number | string
  /** Missing if no row has a valid time. */
  readonly age: number | string | null
}

/** Counts exactly. On a million logouts that takes the database a fraction of a second. */
export async function readStats(store: Store): Promise<OutboxStats> {
  const counts = `SELECT name, state::text AS state, count(*) AS count,
    extract(epoch FROM now() - min(created_on) FILTER (WHERE isfinite(created_on))) * 1000 AS age
    FROM ${store.schema}.job
    WHERE name = '${QUEUE}' AND state <= 'active' OR name = '${DEAD}' GROUP BY name, state`
  const [{ rows }, pause, postgres] = await Promise.all([
    store.within(READ_MS).executeSql(counts) as Promise<{ rows: Row[] }>,
    new SharedPause(store).read(),
    store.kind === 'postgres' ? readDurability(store) : undefined,
  ])
  const queued = rows.filter(({ name }) => name === QUEUE)
  const sum = (some: readonly Row[]): number => some.reduce((total, { count }) => total + Number(count), 0)
  const active = sum(queued.filter(({ state }) => state === 'active'))
  return {
    pending: sum(queued) - active,
    active,
    dead: sum(rows) - sum(queued),
    oldestAgeMs: Math.max(0, ...queued.map(({ age }) => Math.round(Number(age)))),
    ...(postgres && { postgres }),
    ...(pause && { pausedUntil: new Date(Date.now() + pause.ms) }),
  }
}

/** Durability of an acknowledged logout. */
async function readDurability({ within, synchronousCommit }: Store): Promise<OutboxStats['postgres']> {
  const { rows } = await within(READ_MS).executeSql(
    `SELECT current_setting('synchronous_commit') AS "synchronousCommit", pg_is_in_recovery() AS "isStandby",
      current_setting('synchronous_standby_names') AS "synchronousStandbys"`,
  )
  const found = rows[0] as NonNullable<OutboxStats['postgres']>
  return { ...found, ...(synchronousCommit && { synchronousCommit }) }
}

/** True if the database accepts writes: it is neither a standby, nor read-only by its settings. */
export async function acceptsWrites({ kind, within }: Store): Promise<boolean> {
  if (kind === 'embedded') return true
  const { rows } = await within(READ_MS).executeSql('SHOW transaction_read_only')
  return (rows[0] as { transaction_read_only: string }).transaction_read_only === 'off'
}

/** True if no logout is left for any worker, now or later. */
export async function isEmpty({ within, schema }: Store): Promise<boolean> {
  const { rows } = await within(WRITE_MS).executeSql(
    `SELECT 1 AS one FROM ${schema}.job WHERE name = '${QUEUE}' AND state <= 'active' AND NOT blocked LIMIT 1`,
  )
  return rows.length === 0
}
