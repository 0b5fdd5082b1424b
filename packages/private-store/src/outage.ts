/**
 * SQLSTATE codes and system errors that pass: of the connection (08), of a server that is stopping or starting (57P),
 * that has no connection left (53300), that canceled the statement (57014), or that accepts no writes now (25006).
 */
const OUTAGE = /^(?:E[A-Z_]+|08...|57P0[1-5]|57014|53300|25006)$/

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
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return OUTAGE.test(code)
  return (
    typeof message === 'string' &&
    /connection (?:terminated|ended|timeout)|timeout exceeded|not queryable/i.test(message)
  )
}
