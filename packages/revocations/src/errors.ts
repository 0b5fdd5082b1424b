/**
 * Error code, as a literal that programs can branch on.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid_options` | the options are wrong; nothing was opened or sent |
 * | `invalid_argument` | an argument of this call is wrong; nothing was stored |
 * | `unauthorized` | the feed does not accept the reader's authorization |
 * | `cursor_gone` | the log cannot tell what is new since a cursor; a snapshot can |
 * | `rate_limited` | the feed throttles the reader; see `retryAfterMs` |
 * | `unavailable` | the feed, or the log behind it, is unavailable, or `authorization()` failed |
 * | `redirect_refused` | the feed returned a redirect, which is never followed |
 * | `unexpected_response` | the response is not from a revocation feed |
 * | `went_back` | the response is older than an earlier one |
 * | `too_large` | the list has more entries than `maxEntries` |
 * | `network` | the connection failed |
 * | `timeout` | no complete response in time |
 * | `store_in_use` | another process has the folder open |
 * | `store_not_private` | other users of the machine can change the folder, and the message says how to prevent it |
 * | `store_unavailable` | the database cannot be reached or refuses; treat the data as not stored |
 * | `closed` | the list or the log is closed, or closing |
 */
export type RevocationErrorCode =
  | 'invalid_options'
  | 'invalid_argument'
  | 'unauthorized'
  | 'cursor_gone'
  | 'rate_limited'
  | 'unavailable'
  | 'redirect_refused'
  | 'unexpected_response'
  | 'went_back'
  | 'too_large'
  | 'network'
  | 'timeout'
  | 'store_in_use'
  | 'store_not_private'
  | 'store_unavailable'
  | 'closed'

/** Details of a {@link RevocationError} in addition to its code and message. */
export interface RevocationErrorDetails {
  /** HTTP status of the feed's response. */
  readonly status?: number | undefined
  /** Wait that the feed requires, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The runtime's own error, without secrets. */
  readonly cause?: unknown
}

// Registered, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('backend-logout.RevocationError')

/**
 * The only error that this package throws. Its `code` names the failure; its message also says where it happened and
 * what to do. It contains no secret, and neither does its `cause`.
 *
 * @example
 * ```ts
 * import { followRevocations, isRevocationError, revocationFeed } from '@backend-logout/revocations'
 *
 * const list = followRevocations({ source: revocationFeed('https://feed.example.com/revocations') })
 * try {
 *   await list.ready
 * } catch (error) {
 *   if (isRevocationError(error) && error.code === 'unauthorized') console.error(error.message)
 *   else throw error
 * }
 * ```
 */
export class RevocationError extends Error {
  /** Error code. */
  declare readonly code: RevocationErrorCode
  /** HTTP status of the feed's response. */
  declare readonly status?: number
  /** Wait that the feed requires, in milliseconds. */
  declare readonly retryAfterMs?: number

  /** Creates an error; for your own {@link RevocationSource}. */
  constructor(code: RevocationErrorCode, message: string, details: RevocationErrorDetails = {}) {
    super(message, details)
    // The cause is set already, and stays hidden from enumeration.
    Object.assign(this, { name: 'RevocationError', code, [BRAND]: true }, details)
  }
}

/**
 * Recognizes a caught {@link RevocationError}, even one from another copy of this package.
 *
 * @example
 * ```ts
 * import { followRevocations, isRevocationError, revocationFeed } from '@backend-logout/revocations'
 *
 * try {
 *   followRevocations({ source: revocationFeed('https://feed.example.com/revocations') })
 * } catch (error) {
 *   if (isRevocationError(error)) console.error(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export function isRevocationError(value: unknown): value is RevocationError {
  try {
    return (value as { [BRAND]?: boolean })[BRAND] === true
  } catch {
    // Anything can be thrown: undefined, or an object that throws when it is read.
    return false
  }
}

/** Refuses options. */
export function refuse(message: string): never {
  throw new RevocationError('invalid_options', message)
}
