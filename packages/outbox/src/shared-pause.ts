import { type Store, WRITE_MS } from './boss.ts'
import { MAX_RETRY_AFTER_MS } from './circuit-breaker.ts'
import type { FailureCode } from './events.ts'
import { readReason } from './outcome.ts'
import { NOTES } from './queues.ts'

/** A pause that every worker keeps. */
export interface Pause {
  /** How much of it is left, in milliseconds. */
  readonly ms: number
  readonly code: FailureCode
}

const KEY = 'pause'

/**
 * The pause of the workers of one outbox, in whatever process they are: a job of pg-boss that nobody fetches, whose start
 * time is the end of the pause. That time is measured by the database alone, so no wrong clock of a worker can make the
 * others wait.
 */
export class SharedPause {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Makes every worker pause. */
  async begin({ ms, code }: Pause): Promise<void> {
    const { boss, within } = this.#store
    await boss.upsert(NOTES, { code }, { singletonKey: KEY, startAfter: ms / 1000, db: within(WRITE_MS) })
  }

  /** The pause that is not over, if there is one. */
  async read(): Promise<Pause | undefined> {
    const { rows } = await this.#store.within(WRITE_MS).executeSql(
      `SELECT extract(epoch FROM start_after - now()) * 1000 AS ms, left(data->>'code', 100) AS code
      FROM ${this.#store.schema}.job
      WHERE name = '${NOTES}' AND state = 'created' AND singleton_key = '${KEY}'
        AND start_after > now() AND start_after <= now() + interval '${MAX_RETRY_AFTER_MS} milliseconds'
      ORDER BY start_after DESC LIMIT 1`,
    )
    const [row] = rows as { ms: number | string; code: string | null }[]
    return row && { ms: Number(row.ms), code: readReason(row).code }
  }
}
