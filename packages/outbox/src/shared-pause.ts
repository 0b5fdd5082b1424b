import { type Store, WRITE_MS } from './boss.ts'
import type { FailureCode } from './events.ts'
import { readReason } from './outcome.ts'
import { MAX_RETRY_AFTER_MS } from './pace.ts'
import { NOTES } from './queues.ts'
import { NOTE_DATA, scalar } from './stored-data.ts'

/** A pause that applies to every worker. */
export interface Pause {
  /** Remaining time, in milliseconds. */
  readonly ms: number
  readonly code: FailureCode
}

const KEY = 'pause'

/** Selects the pause that is not over, as `ms` and `code`. A pause longer than a provider can require is ignored. */
export const SELECT_PAUSE = (schema: string): string =>
  `SELECT extract(epoch FROM start_after - now()) * 1000 AS ms, left(${scalar(`((${NOTE_DATA})->'code')`)}, 100) AS code
  FROM ${schema}.job
  WHERE name = '${NOTES}' AND state = 'created' AND singleton_key = '${KEY}'
    AND start_after > now() AND start_after <= now() + interval '${MAX_RETRY_AFTER_MS} milliseconds'
  ORDER BY start_after DESC LIMIT 1`

/**
 * The pause of the workers of one outbox, for workers of earlier versions and for statistics: a job of pg-boss that is
 * never fetched, whose start time is the end of the pause. That time is measured by the database alone, so no wrong
 * clock of a worker can make the others wait.
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
    const { rows } = await this.#store.within(WRITE_MS).executeSql(SELECT_PAUSE(this.#store.schema))
    return readPause(rows[0] as Parameters<typeof readPause>[0])
  }
}

/** Reads the result of {@link SELECT_PAUSE}. */
export function readPause(
  row: { readonly ms: number | string | null; readonly code: string | null } | undefined,
): Pause | undefined {
  return row && row.ms !== null ? { ms: Number(row.ms), code: readReason(row).code } : undefined
}
