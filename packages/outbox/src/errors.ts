import { describeDatabaseError, FolderInUseError, NotPrivateError } from '@backend-logout/private-store'

/**
 * Error code, as a literal that programs can branch on.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid_options` | the options of the outbox are wrong; nothing was opened |
 * | `invalid_argument` | an argument of this call is wrong; nothing was stored |
 * | `store_in_use` | another process has the folder open |
 * | `store_not_private` | other users of the machine can change the folder, and the message says how to prevent it; nothing was opened |
 * | `store_unavailable` | the database cannot be reached or refuses a statement; treat the data as not stored |
 * | `closed` | the outbox is closed, or closing |
 */
export type OutboxErrorCode =
  | 'invalid_options'
  | 'invalid_argument'
  | 'store_in_use'
  | 'store_not_private'
  | 'store_unavailable'
  | 'closed'

const BRAND: unique symbol = Symbol.for('backend-logout.OutboxError')

/** The only error that an outbox throws. Neither it nor its `cause` contains a token, a key or a database password. */
export class OutboxError extends Error {
  /** Reason for the error. */
  declare readonly code: OutboxErrorCode
  /** For {@link Outbox.addMany}: the number of logouts, from the first, that are stored anyway. */
  declare readonly added?: number

  constructor(code: OutboxErrorCode, message: string, details: { cause?: unknown; added?: number } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    Object.assign(this, { code }, details.added !== undefined && { added: details.added })
  }
}

Object.defineProperties(OutboxError.prototype, {
  name: { value: 'OutboxError', configurable: true, writable: true },
  [BRAND]: { value: true },
})

/**
 * Recognizes an {@link OutboxError}, also one of another copy of this package.
 *
 * @example
 * ```ts
 * import { isOutboxError, openOutbox } from '@backend-logout/outbox'
 *
 * const outbox = await openOutbox({ store: { memory: true } })
 * try {
 *   await outbox.add({ refreshToken: '…' })
 * } catch (error) {
 *   if (isOutboxError(error)) console.error(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export function isOutboxError(value: unknown): value is OutboxError {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: boolean })[BRAND] === true
}

/** Refuses an option or an argument. */
export function refuse(code: 'invalid_options' | 'invalid_argument', message: string): never {
  throw new OutboxError(code, message)
}

/** Wraps a database error: its message and code, without the statement, its parameters and the address's password. */
export function storeError(doing: string, reason: unknown): OutboxError {
  if (isOutboxError(reason)) return reason
  if (reason instanceof NotPrivateError) return new OutboxError('store_not_private', reason.message)
  if (reason instanceof FolderInUseError) return new OutboxError('store_in_use', reason.message)
  const cause = describeDatabaseError(reason)
  return new OutboxError('store_unavailable', `${doing} failed: ${cause.message}`, { cause })
}
