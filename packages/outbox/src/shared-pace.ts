import { type Store, WRITE_MS } from './boss.ts'
import { type Pace, pausedBy } from './pace.ts'
import { NOTES } from './queues.ts'
import { readPause, SELECT_PAUSE } from './shared-pause.ts'
import { isPlain, NOTE_DATA, scalar } from './stored-data.ts'
import { paceFrom } from './stored-pace.ts'

/** The id of the note with the pace. */
const ID = '70616365-0000-4000-8000-000000000000'
/** The maximum number of attempts at a change, while other workers make theirs. */
const MAX_ATTEMPTS = 50

/** The result of a change. */
export interface Changed<T> {
  readonly result: T
  readonly pace: Pace
  /** The database's time at the change, and the same moment on the clock of `performance.now()`. */
  readonly now: number
  readonly at: number
}

/**
 * The pace of the workers of one outbox, in all processes: a job of pg-boss that is never fetched. Each change is made
 * to the result of the previous one, without a transaction, so that it works through any pooler. Its times are the
 * database's; workers turn them into durations.
 */
export class SharedPace {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Changes the pace. `decide` may be called several times. */
  async change<T>(decide: (pace: Pace, now: number) => { pace: Pace; result: T }): Promise<Changed<T>> {
    const db = this.#store.within(WRITE_MS)
    const table = `${this.#store.schema}.job`
    const note = `name = '${NOTES}' AND id = '${ID}'`
    // The version is compared in its stored form, because any process may have written the note.
    const version = `coalesce(left(${scalar(`((${NOTE_DATA})->'version')`)}, 50), '')`
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { rows } = await db.executeSql(
        `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now, pause.ms, pause.code, note.pace, note.version
        FROM (SELECT 1) AS one LEFT JOIN (${SELECT_PAUSE(this.#store.schema)}) AS pause ON true
        LEFT JOIN (SELECT CASE WHEN ${isPlain(`(${NOTE_DATA})`)} THEN left((${NOTE_DATA})::text, 10000) END AS pace, ${version} AS version FROM ${table} WHERE ${note}) AS note ON true`,
      )
      const at = performance.now()
      const row = rows[0] as Row
      const now = Number(row.now)
      const pause = readPause(row)
      const before = paceFrom(parse(row.pace), now)
      const { pace, result } = decide(pause ? pausedBy(before, now, pause.ms, pause.code) : before, now)
      const data = { ...pace, version: (Number(row.version) || 0) + 1 }
      if (row.version === null) {
        await this.#store.boss.insert(NOTES, [{ id: ID, data }], { db })
        continue
      }
      const changed = await db.executeSql(
        `UPDATE ${table} SET data = $1::jsonb WHERE ${note} AND ${version} = $2 RETURNING 1 AS one`,
        [JSON.stringify(data), row.version],
      )
      if (changed.rows.length > 0) return { result, pace, now, at }
    }
    throw new Error('Other workers kept changing the pace.')
  }
}

interface Row {
  readonly now: number | string
  readonly ms: number | string | null
  readonly code: string | null
  readonly pace: string | null
  /** `null` if there is no note yet. */
  readonly version: string | null
}

/** Parses stored data of any writer. */
function parse(text: string | null): Partial<Record<string, unknown>> {
  try {
    return (JSON.parse(text ?? '{}') as Partial<Record<string, unknown>> | null) ?? {}
  } catch {
    return {}
  }
}
