const FIRST_MS = 250
const LONGEST_MS = 8_000
/** Even a feed that requires a longer wait is called again after this time. */
const LONGEST_RETRY_AFTER_MS = 300_000

/**
 * Wait after a failure, in milliseconds: a time that grows with each failure in a row, half of it random, or the feed's
 * wait, if that is longer.
 *
 * @param failures The number of consecutive failures, from 1 on.
 * @param retryAfterMs The wait that the feed requires.
 * @param random A number from 0 up to, but not including, 1.
 */
export function backOff(failures: number, retryAfterMs = 0, random: number = Math.random()): number {
  const pause = ((1 + random) / 2) * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))
  const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)
  // Also spread beyond the required wait, so that readers do not all return at the same instant.
  return Math.max(pause, asked + Math.min(pause, asked / 10))
}
