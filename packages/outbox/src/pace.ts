import type { FailureKind } from './fate.ts'

/** How long the first pause is when the provider does not say, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE_MS = 1_000
/** A provider that does not answer is asked at least so often, in milliseconds. */
const MAX_PAUSE_MS = 30_000
/**
 * One that refuses everybody is asked more often: it can take it, and logouts have only so many attempts. They are
 * spread out nevertheless, so that most still have all of theirs when somebody has mended the configuration.
 */
const MAX_REFUSED_PAUSE_MS = 2_000
/** The longest pause that a provider is granted, in milliseconds: one wrong header must not silence the queue for days. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** So many attempts in a row that fail make a provider that is down. One that fails may be the token's fault. */
const FAILURES = 3

/** What the pace is told to do in between. */
export interface Failure {
  readonly kind: FailureKind
  readonly retryAfterMs?: number | undefined
  /** When the attempt began. */
  readonly startedAt: number
}

/**
 * Decides how many logouts may be under way at once. All is well: as many as are allowed. The provider asks for a
 * pause: none until that is over. It does not answer: none, for longer and longer. Each pause ends with a single
 * logout; when that gets through, there are soon as many as before, or half as many when it was throttling.
 *
 * All times are milliseconds on one clock that never jumps, and are handed in.
 */
export class Pace {
  readonly #concurrency: number
  readonly #random: () => number
  #window: number
  /** Below it the window grows by one with each success, above it by one in all that are under way. */
  #threshold: number
  #failures = 0
  #pauses = 0
  #pausedAt = Number.NEGATIVE_INFINITY
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(concurrency: number, random: () => number = Math.random) {
    this.#concurrency = concurrency
    this.#random = random
    this.#window = concurrency
    this.#threshold = concurrency
  }

  /** Whether the provider is held to be down, or has asked for a pause, and no success has shown otherwise. */
  get isPaused(): boolean {
    return this.#pauses > 0
  }

  /** When the pause ends. */
  get pausedUntil(): number {
    return this.#pausedUntil
  }

  /** How many may be under way now: none during a pause, one right after it. */
  limit(now: number): number {
    if (now < this.#pausedUntil) return 0
    return this.isPaused ? 1 : Math.floor(this.#window)
  }

  /** The provider did what it was asked, or refused just that one. Tells whether this ends a pause. */
  succeeded(startedAt: number): boolean {
    this.#failures = 0
    // An answer to something that was sent before the pause says nothing about now.
    if (this.isPaused && startedAt >= this.#pausedUntil) {
      this.#pauses = 0
      this.#window = 1
      return true
    }
    const step = this.#window < this.#threshold ? 1 : 1 / this.#window
    this.#window = Math.min(this.#concurrency, this.#window + step)
    return false
  }

  /** The provider throttled, failed, or did not answer. Tells whether a pause begins or becomes longer. */
  failed(now: number, { kind, retryAfterMs, startedAt }: Failure): boolean {
    const fresh = startedAt >= this.#pausedAt
    if (kind !== 'throttled') {
      this.#failures++
      this.#threshold = this.#concurrency
      if (!fresh || (!this.isPaused && this.#failures < FAILURES)) return false
    } else if (fresh) {
      this.#threshold = Math.max(1, this.#window / 2)
    }
    if (retryAfterMs !== undefined) return this.#pause(now, now + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), fresh)
    const longest = kind === 'refused' ? MAX_REFUSED_PAUSE_MS : MAX_PAUSE_MS
    const pauseMs = Math.min(longest, FIRST_PAUSE_MS * 2 ** this.#pauses)
    return this.#pause(now, now + pauseMs * (0.75 + this.#random() / 4), fresh)
  }

  /** Somebody else was told to pause. */
  pauseUntil(now: number, until: number): boolean {
    return this.#pause(now, Math.min(until, now + MAX_RETRY_AFTER_MS), false)
  }

  #pause(now: number, until: number, counts: boolean): boolean {
    if (until <= this.#pausedUntil) return false
    this.#pausedUntil = until
    this.#pausedAt = now
    this.#pauses = counts ? Math.min(this.#pauses + 1, 30) : Math.max(1, this.#pauses)
    return true
  }
}
