/** What the retry policy looks at. */
export interface RetryQuestion {
  /** How many attempts were made. */
  readonly attempts: number
  /** How many may follow the first. */
  readonly retries: number
  /** What the provider asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Time left until the deadline, in milliseconds. */
  readonly remainingMs: number
  /** A number from 0 up to, but without, 1. */
  readonly random: number
}

/** Longest back-off before jitter is applied to it, in milliseconds. */
const MAX_BACKOFF_MS = 8_000
const FIRST_BACKOFF_MS = 250

/**
 * Decides how long to wait before a failed request is tried again: full-jitter exponential back-off, or what the
 * provider asked for when that is longer.
 *
 * @returns Milliseconds; `undefined` when it must not be tried again, because no retry is left or the wait would
 * reach the deadline.
 */
export function retryDelay({
  attempts,
  retries,
  retryAfterMs,
  remainingMs,
  random,
}: RetryQuestion): number | undefined {
  if (attempts > retries) return undefined
  const backoff = random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1))
  const least = retryAfterMs ?? 0
  if (least >= remainingMs) return undefined
  // Spread beyond what was asked for too, or all clients come back at the same instant.
  const delay = Math.max(backoff, least + Math.min(backoff, least / 10))
  return delay < remainingMs ? delay : retryAfterMs
}
