/**
 * SQLSTATE codes and system errors that pass: of the connection (08), of a server that is stopping or starting (57P),
 * that has no connection left (53300), that canceled the statement (57014), or that accepts no writes now (25006); and
 * of other transactions, which held a lock (55P03) or conflicted (40001, 40P01).
 */
const OUTAGE = /^(?:E[A-Z_]+|08...|57P0[1-5]|57014|53300|25006|55P03|40001|40P01)$/

/**
 * True if an error of the database may pass, so that the same statement may succeed later.
 *
 * @example
 * ```ts
 * import { isOutage } from '@backend-logout/private-store'
 *
 * console.log(isOutage(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))) // true
 * ```
 */
export function isOutage(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown }
  // An error of the outbox or the log has a separate code, and the error of the database as its cause.
  if (cause !== undefined) return isOutage(cause)
  if (typeof code === 'string') return OUTAGE.test(code)
  return (
    typeof message === 'string' &&
    /connection (?:terminated|ended|timeout)|timeout (?:exceeded|expired)|not queryable/i.test(message)
  )
}

/**
 * Runs a task, and again while the database is down, until it succeeds or the time is over: then it rejects with the
 * last error.
 *
 * @param giveUpAt On the clock of `performance.now()`.
 * @example
 * ```ts
 * import { openPrivateStore, outlastOutage } from '@backend-logout/private-store'
 *
 * const store = await openPrivateStore('./data')
 * await outlastOutage(performance.now() + 5_000, () => store.query('SELECT 1'))
 * ```
 */
export async function outlastOutage<T>(giveUpAt: number, task: () => Promise<T>): Promise<T> {
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1_000)) {
    try {
      return await task()
    } catch (error) {
      if (!isOutage(error) || performance.now() + delayMs > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
  }
}
