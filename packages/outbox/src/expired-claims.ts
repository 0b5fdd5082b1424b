import { type Store, WRITE_MS } from './boss.ts'
import { CLAIM_S, QUEUE } from './queues.ts'

/** A heartbeat that is further ahead, in seconds, is from before the clock was set back. */
const AHEAD_S = 60
/** A tolerance, so that a slow response does not look like a clock that was set back, in milliseconds. */
const SET_BACK_MS = 5_000

/**
 * The claims of crashed workers. pg-boss would free them as well, but with a dozen statements each time, and would
 * delay those logouts.
 */
export class ExpiredClaims {
  readonly #store: Store
  readonly #clockSetBack: () => void
  /** The time by which the database's clock is ahead of `performance.now()`, in milliseconds. */
  #clockAheadMs = Number.NEGATIVE_INFINITY

  /** @param clockSetBack called when the database's clock was set back since the last call */
  constructor(store: Store, clockSetBack: () => void) {
    this.#store = store
    this.#clockSetBack = clockSetBack
  }

  /** Returns them to the queue. */
  async free(): Promise<void> {
    const { schema, within } = this.#store
    const { rows } = await within(WRITE_MS).executeSql(
      `WITH freed AS (
        UPDATE ${schema}.job SET state = 'retry', heartbeat_on = NULL, start_after = now()
        WHERE name = '${QUEUE}' AND id IN (
          SELECT id FROM ${schema}.job
          WHERE name = '${QUEUE}' AND state = 'active' AND NOT heartbeat_on
            BETWEEN now() - interval '${CLAIM_S} seconds' AND now() + interval '${AHEAD_S} seconds'
          LIMIT 1000 FOR UPDATE SKIP LOCKED
        )
      ) SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now`,
    )
    // The monotonic clock shows how far the database's clock should have advanced.
    const aheadMs = Number((rows[0] as { now: number | string }).now) - performance.now()
    const isSetBack = aheadMs < this.#clockAheadMs - SET_BACK_MS
    this.#clockAheadMs = aheadMs
    if (isSetBack) this.#clockSetBack()
  }
}
