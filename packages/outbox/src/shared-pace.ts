import { type Store, WRITE_MS } from './boss.ts'
import { readReason } from './outcome.ts'
import { firstPace, MAX_RETRY_AFTER_MS, type Pace, pausedBy } from './pace.ts'
import { NOTES } from './queues.ts'
import { readPause, SELECT_PAUSE } from './shared-pause.ts'
import { isPlain, NOTE_DATA, scalar } from './stored-data.ts'

/** The id of the note with the pace. */
const ID = '70616365-0000-4000-8000-000000000000'
/** The maximum number of attempts at a change, while other workers make theirs. */
const MAX_ATTEMPTS = 50
/** A clock that has gone back further than this was set back, or belongs to another server, in milliseconds. */
const CLOCK_MS = 5_000
const NUMBERS = [
  ...['rate', 'limit', 'usedMs', 'margin', 'regainMs', 'nextAt', 'askedAt', 'since', 'taken'],
  ...['pauses', 'probeMs', 'pausedUntil', 'pausedAt'],
] as const

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
      const before = readPace(row.pace, now)
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

/** Reads stored data of any writer. */
function readPace(text: string | null, now: number): Pace {
  const value = parse(text)
  const isWhole = NUMBERS.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0)
  if (!isWhole) return firstPace(now)
  const marks = Array.isArray(value.marks) ? value.marks.filter(isMark).slice(-16) : []
  const read = { ...value, marks, isFull: value.isFull === true, code: readReason(value).code } as unknown as Pace
  return onClock(read, now)
}

/** Moves the times if the clock was set back, and drops an impossible pause. */
function onClock(pace: Pace, now: number): Pace {
  const backMs = pace.askedAt > now + CLOCK_MS ? pace.askedAt - now : 0
  const moved: Pace = backMs
    ? {
        ...pace,
        ...{ askedAt: now, since: now, taken: 0, marks: [], isFull: false },
        ...{ nextAt: pace.nextAt - backMs, pausedUntil: pace.pausedUntil - backMs, pausedAt: pace.pausedAt - backMs },
      }
    : pace
  const latest = now + MAX_RETRY_AFTER_MS
  return {
    ...moved,
    rate: Math.min(1_000_000, Math.max(0.1, moved.rate)),
    margin: Math.min(0.1, moved.margin),
    regainMs: Math.min(3_600_000, moved.regainMs),
    usedMs: Math.min(86_400_000, moved.usedMs),
    pauses: Math.min(30, moved.pauses),
    probeMs: Math.min(4_000, moved.probeMs),
    pausedAt: Math.min(now, moved.pausedAt),
    since: Math.min(now, moved.since),
    taken: Math.min(1_000_000_000, moved.taken),
    nextAt: moved.nextAt > latest ? now : moved.nextAt,
    pausedUntil: moved.pausedUntil > latest ? now : moved.pausedUntil,
  }
}

function parse(text: string | null): Partial<Record<string, unknown>> {
  try {
    return (JSON.parse(text ?? '{}') as Partial<Record<string, unknown>> | null) ?? {}
  } catch {
    return {}
  }
}

function isMark(mark: unknown): mark is readonly [number, number] {
  return Array.isArray(mark) && mark.length === 2 && mark.every((value) => Number.isFinite(value))
}
