import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The SQLSTATE codes of a transaction that Postgres has rolled back because of another one: they waited for each other's
 * locks (40P01), or, where transactions are serializable, the other one was faster (40001).
 */
const CONFLICT = /^40(?:001|P01)$/
/** The longest pause before the second attempt, in milliseconds. It doubles with each attempt, up to a limit. */
const PAUSE_MS = 10
const MAX_PAUSE_MS = 320

/**
 * Runs a transaction, or a statement outside one, and again as long as Postgres rolls it back because of another one:
 * nothing of it has taken effect then. All attempts together take `ms` milliseconds.
 *
 * @param transaction Called with the time that is left for it, in milliseconds.
 */
export async function repeatAfterConflict<T>(ms: number, transaction: (leftMs: number) => Promise<T>): Promise<T> {
  const endAt = performance.now() + ms
  for (let longestMs = PAUSE_MS; ; longestMs = Math.min(longestMs * 2, MAX_PAUSE_MS)) {
    // Random, so that those that conflicted do not meet again.
    const pauseMs = Math.random() * longestMs
    try {
      return await transaction(Math.ceil(endAt - performance.now()))
    } catch (error) {
      const isConflict = CONFLICT.test(String((error as { code?: unknown } | undefined)?.code))
      if (!isConflict || performance.now() + pauseMs >= endAt) throw error
    }
    await sleep(pauseMs)
  }
}
