import type { Clock } from '../clock.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until it is told to advance, and whose random numbers the test determines. */
export interface ManualClock extends Clock {
  /** Lets time pass: timers fire in their order, each at its time. */
  advance(ms: number): void
  /** Lets time pass until the next timer fires. */
  advanceToNext(): void
  /** The number of timers that have not fired and were not cleared. */
  readonly pending: number
}

/**
 * Creates a {@link ManualClock}.
 *
 * @param random The random numbers that it returns in turn; the last one repeatedly.
 */
export function manualClock(...random: readonly number[]): ManualClock {
  let now = 1_000
  let draws = 0
  const timers = new Set<Timer>()
  const fireUntil = (end: number): void => {
    for (;;) {
      const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      timers.delete(next)
      now = Math.max(now, next.at)
      next.callback()
    }
    now = Math.max(now, end)
  }
  return {
    now: () => now,
    wallNow: () => Date.UTC(2026, 0, 1) + now,
    random: () => random[Math.min(draws++, random.length - 1)] ?? 0,
    setTimeout: (callback, ms) => {
      const timer = { at: now + ms, callback }
      timers.add(timer)
      return timer
    },
    clearTimeout: (timer) => {
      timers.delete(timer as Timer)
    },
    advance: (ms) => fireUntil(now + ms),
    advanceToNext: () => {
      if (timers.size > 0) fireUntil(Math.min(...[...timers].map(({ at }) => at)))
    },
    get pending() {
      return timers.size
    },
  }
}
