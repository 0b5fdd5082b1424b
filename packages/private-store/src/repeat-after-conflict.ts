import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The SQLSTATE codes of a transaction that Postgres has rolled back because of another one: they waited for each other's
 * locks (40P01), or, where transactions are serializable, the other one was faster (40001).
 */
const CONFLICT = /^40(?:001|P01)$/
/** The number of attempts after which a conflict is an error. */
const ATTEMPTS = 8
/** The longest pause before the second attempt, in milliseconds; before each further one, it is longer by the same. */
const PAUSE_MS = 10

/**
 * Runs a transaction, or a statement outside one, and again if Postgres has rolled it back because of another one.
 * Nothing of it has taken effect then.
 */
export async function repeatAfterConflict<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction()
    } catch (error) {
      if (attempt === ATTEMPTS || !CONFLICT.test(String((error as { code?: unknown }).code))) throw error
      // Random, so that those that conflicted do not meet again.
      await sleep(Math.random() * PAUSE_MS * attempt)
    }
  }
}
