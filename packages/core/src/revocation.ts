import type { LogoutError } from './errors.ts'
import type { components } from './generated/provider.ts'

/**
 * The state of a token after an attempt to revoke it.
 *
 * - `accepted`: the provider returned success. It is revoked now, or was already invalid: RFC 7009 does not distinguish
 *   them.
 * - `verified`: introspection reported it as active before and inactive after.
 * - `unsupported`: the provider cannot revoke this kind of token, or nothing at all.
 * - `live`: assume that it is still active: refused, throttled, 503, never sent, or introspection reports it as active.
 * - `unknown`: the request may or may not have arrived: timeout or broken connection.
 */
export type RevocationState = 'accepted' | 'verified' | 'unsupported' | 'live' | 'unknown'

/** The type of a token, in the words of RFC 7009: a value from its registry or the provider's own. */
export type TokenTypeHint = components['schemas']['TokenTypeHint'] | (string & {})

/** The outcome for one token. */
export interface Revocation {
  /** The state of the token now. */
  readonly state: RevocationState
  /** True if `state` is `accepted` or `verified`. */
  readonly revoked: boolean
  /** The hint that was sent, or which of a session's tokens this is. */
  readonly tokenType?: TokenTypeHint
  /** Position in the input of a bulk run, from 0. */
  readonly index?: number
  /** The number of revocation requests that were sent. */
  readonly attempts: number
  /** HTTP status of the last response. */
  readonly status?: number
  /** The provider's request id, to quote to its support. */
  readonly requestId?: string
  /** The duration, in milliseconds. */
  readonly durationMs: number
  /** Only with `verify`: whether introspection reported the token as active before it was revoked. */
  readonly wasActive?: boolean
  /** The reason why the token is not revoked or not verified. */
  readonly error?: LogoutError
}
