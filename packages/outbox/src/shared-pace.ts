import { type Store, WRITE_MS } from './boss.ts'
import { readReason } from './outcome.ts'
import { firstPace, MAX_RETRY_AFTER_MS, type Pace, pausedBy } from './pace.ts'
import { NOTES } from './queues.ts'
import { readPause, SELECT_PAUSE } from './shared-pause.ts'

/** The id of the note that holds the pace. */
const ID = '70616365-0000-4000-8000-000000000000'
/** The most attempts at a change, while other workers make theirs. */
const MAX_ATTEMPTS = 50
/** A clock that has gone back further than this was set, or is another server's, in milliseconds. */
const CLOCK_MS = 5_000
const NUMBERS = [
  ...['rate', 'limit', 'usedMs', 'margin', 'regainMs', 'nextAt', 'askedAt', 'since', 'taken'],
  ...['pauses', 'probeMs', 'pausedUntil', 'pausedAt'],
] as const

/** What came of a change. */
export interface Changed<T> {
  readonly result: T
  readonly pace: Pace
  /** The database's time at the change, and the same moment on the clock of `performance.now()`. */
  readonly now: number
  readonly at: number
}

/**
 * The pace of the workers of one outbox, in whatever process they are: a job of pg-boss that nobody fetches. Each change is
 * made to what the previous one left, without a transaction, so that it works through any pooler. Its times are the
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
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { rows } = await db.executeSql(
        `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now, pause.ms, pause.code,
          (SELECT left(data::text, 10000) FROM ${table} WHERE ${note}) AS pace
        FROM (SELECT 1) AS one LEFT JOIN (${SELECT_PAUSE(this.#store.schema)}) AS pause ON true`,
      )
      const at = performance.now()
      const [row] = rows as {
        now: number | string
        ms: number | string | null
        code: string | null
        pace: string | null
      }[]
      if (!row) continue
      const now = Number(row.now)
      const pause = readPause(row)
      const before = readPace(row.pace, now)
      const { pace, result } = decide(pause ? pausedBy(before.pace, now, pause.ms, pause.code) : before.pace, now)
      const data = { ...pace, version: before.version + 1 }
      if (row.pace === null) {
        await this.#store.boss.insert(NOTES, [{ id: ID, data }], { db })
        continue
      }
      const changed = await db.executeSql(
        `UPDATE ${table} SET data = $1::jsonb WHERE ${note} AND coalesce(data->>'version', '') = $2 RETURNING 1 AS one`,
        [JSON.stringify(data), before.stored],
      )
      if (changed.rows.length > 0) return { result, pace, now, at }
    }
    throw new Error('Other workers changed the pace all the time.')
  }
}

/** Reads what is stored, from any writer. */
function readPace(text: string | null, now: number): { pace: Pace; version: number; stored: string } {
  const value = parse(text)
  const stored = typeof value.version === 'number' || typeof value.version === 'string' ? String(value.version) : ''
  const version = Number.isSafeInteger(value.version) ? Number(value.version) : 0
  const isWhole = NUMBERS.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0)
  const marks = Array.isArray(value.marks) ? value.marks.filter(isMark).slice(-16) : []
  if (!isWhole) return { pace: firstPace(now), version, stored }
  const read = { ...value, marks, isFull: value.isFull === true, code: readReason(value).code } as unknown as Pace
  return { pace: onClock(read, now), version, stored }
}

/** Moves the times where the clock was set back, and drops a pause that nobody can have asked for. */
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
