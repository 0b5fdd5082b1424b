/// <reference lib="esnext.disposable" preserve="true" />
import type { RevocationError } from './errors.ts'
import type { TokenClaims } from './revocation-table.ts'

/**
 * Result of a check of a token.
 *
 * - `valid`: the list is recent, and nothing in it revokes the token.
 * - `revoked`: the token is revoked, or its claims are invalid. Return 401.
 * - `stale`: the list is older than `maxStalenessMs`, or not complete yet. Return 503, and not 401: clients discard
 *   their tokens on 401.
 */
export type RevocationVerdict = 'valid' | 'revoked' | 'stale'

/** Health of a list, for readiness probes and metrics. It names no token, user or issuer. */
export interface RevocationListHealth {
  /** True if `check()` can return `valid`. */
  readonly ok: boolean
  /** `starting` until the list is complete for the first time. */
  readonly state: 'starting' | 'fresh' | 'stale' | 'closed'
  /** Age of the list, in milliseconds; missing until it is complete. */
  readonly ageMs: number | undefined
  /** Number of revocations in the list. */
  readonly entries: number
  /** Reason why the last read failed; missing after a success. It contains no secret. */
  readonly lastError: RevocationError | undefined
}

/** A copy of a revocation log in memory, kept up to date. Made by {@link followRevocations}. */
export interface RevocationList extends AsyncDisposable {
  /**
   * Resolves when the list is complete for the first time. It rejects if waiting will not help, such as for a feed that
   * does not accept the authorization; the list keeps trying.
   *
   * @throws RevocationError
   */
  readonly ready: Promise<void>

  /**
   * Checks whether a token may be accepted, from memory, without waiting. Call it last: after signature, issuer,
   * audience and times of the token were verified.
   *
   * @param claims The token's payload.
   */
  check(claims: TokenClaims): RevocationVerdict

  /** The list has everything that was stored before this time; `undefined` before it was complete for the first time. */
  readonly asOf: Date | undefined

  /** Number of tokens, sessions, subjects and issuers that it names. */
  readonly size: number

  /** Reports the state of the list. */
  health(): RevocationListHealth

  /** Stops following. From then on, `check` returns `stale`, or `revoked` for known revocations. */
  close(): Promise<void>
}
