import { describeDatabaseError, FolderInUseError, NotPrivateError } from '@backend-logout/private-store'
import { isRevocationError, RevocationError } from '../errors.ts'

/** Wraps a database error: its message and code, without the statement, its parameters and the address's password. */
export function storeError(doing: string, reason: unknown): RevocationError {
  if (isRevocationError(reason)) return reason
  if (reason instanceof FolderInUseError) return new RevocationError('store_in_use', reason.message)
  if (reason instanceof NotPrivateError) return new RevocationError('store_not_private', reason.message)
  const cause = describeDatabaseError(reason)
  return new RevocationError('store_unavailable', `${doing} failed: ${cause.message}`, { cause })
}

/** Errors of the connection, and of a server that is stopping or starting. */
const OUTAGE = /^(?:E[A-Z]+|08...|57P0[1-5]|53300)$/

/** True if the same statement may succeed later. */
export function isOutage(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown }
  if (isRevocationError(error)) return isOutage(cause)
  if (typeof code === 'string') return OUTAGE.test(code)
  return typeof message === 'string' && /connection (?:terminated|ended|timeout)|timeout exceeded/i.test(message)
}
