/** Source of time and random numbers, so that tests can control both. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  now(): number
  /** Milliseconds since the epoch. */
  wallNow(): number
  /** A number from 0 up to, but not including, 1. */
  random(): number
  /** Calls back once after a time, and returns the timer. */
  setTimeout(callback: () => void, ms: number): unknown
  /** Prevents the call of a timer. */
  clearTimeout(timer: unknown): void
}

/** The runtime's own clock; its functions are looked up when they are called. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
}
