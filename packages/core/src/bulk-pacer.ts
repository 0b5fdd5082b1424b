import type { Revocation } from './revocation.ts'

/** Result of the requests for one token: what a {@link BulkPacer} learns from. */
export interface PacedAttempt {
  /** The result, which is not the last one for this token if it was throttled. */
  readonly revocation: Revocation
  /** True if the provider requires the whole application to slow down. */
  readonly throttled: boolean
  /** The wait that the provider requires, in milliseconds, if it states one. */
  readonly retryAfterMs?: number | undefined
}

/**
 * Schedules the requests of bulk runs together with those of other processes, such as `pacer()` of an outbox of
 * `@backend-logout/outbox`.
 *
 * @example
 * ```ts
 * import type { BulkPacer } from '@backend-logout/core'
 *
 * // At most ten requests per second, in this process alone.
 * let nextAt = 0
 * export const tenPerSecond: BulkPacer = {
 *   async turn() {
 *     nextAt = Math.max(nextAt, performance.now()) + 100
 *     await new Promise((resolve) => setTimeout(resolve, nextAt - performance.now()))
 *   },
 *   learn({ throttled }) {
 *     if (throttled) nextAt = performance.now() + 5_000
 *   },
 * }
 * ```
 */
export interface BulkPacer {
  /**
   * Resolves when one more request may be sent. If it or `learn` fails, the run ends with that error, after each token
   * that was taken has been reported.
   *
   * @param signal Aborts when the run no longer needs the turn.
   */
  turn(signal: AbortSignal): Promise<void>

  /**
   * Learns from the requests for a token. If the provider throttled them, the token takes another turn.
   */
  learn(attempt: PacedAttempt): void
}
