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

/** True if the database refuses what it was given, such as a character that its encoding does not have. */
export function isDataError(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  return isRevocationError(error) ? isDataError(cause) : /^2[23]/.test(String(code))
}
