import { ERROR_MEANING, type LogoutErrorCode } from './codes.ts'
import { isThrottled } from './throttled.ts'

/** Failure of a request, as far as retries depend on it. */
export interface Failure {
  readonly code: LogoutErrorCode
  /** Wait that the provider requires, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** Everything that decides whether and when a failed request is sent again. */
export interface RetryQuestion {
  /** Number of attempts so far, at least 1. */
  readonly attempts: number
  /** Maximum number of retries. */
  readonly retries: number
  /** The last failure. */
  readonly failure: Failure
  /** True if the caller waits for a throttling provider instead of this call. */
  readonly deferThrottling: boolean
  /** Time left until the deadline, in milliseconds. */
  readonly remainingMs: number
  /** A number from 0 up to, but not including, 1. */
  readonly random: number
}

/** Longest back-off before jitter is applied to it, in milliseconds. */
const MAX_BACKOFF_MS = 8_000
const FIRST_BACKOFF_MS = 250

/**
 * Returns the wait before a failed request is sent again: full-jitter exponential back-off, or the provider's wait if
 * that is longer.
 *
 * @returns Milliseconds; `undefined` when it must not be sent again: the failure would repeat itself, no retry is left,
 * the wait would reach the deadline, or throttling is deferred.
 */
export function nextDelay(question: RetryQuestion): number | undefined {
  const { attempts, retries, failure, deferThrottling, remainingMs, random } = question
  if (attempts > retries || !ERROR_MEANING[failure.code].retryable) return undefined
  if (deferThrottling && isThrottled(failure)) return undefined
  const leastMs = failure.retryAfterMs ?? 0
  if (leastMs >= remainingMs) return undefined
  const backoffMs = random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1))
  // Jitter is also added to Retry-After, or all clients return at the same instant.
  const delayMs = Math.max(backoffMs, leastMs + Math.min(backoffMs, leastMs / 10))
  return delayMs < remainingMs ? delayMs : failure.retryAfterMs
}
