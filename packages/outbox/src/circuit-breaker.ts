import type { FailureKind } from './outcome.ts'

/** The first pause when the provider does not say how long, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE_MS = 1_000
/** The longest pause for a provider that does not answer, in milliseconds. */
const MAX_PAUSE_MS = 30_000
/**
 * The longest pause for a provider that refuses everything, in milliseconds. It is short because that provider works, and
 * a pause at all because each refusal uses up an attempt: most logouts shall still have theirs when someone has fixed the
 * configuration.
 */
const MAX_REFUSED_PAUSE_MS = 2_000
/** The longest pause that a provider can ask for, in milliseconds: one wrong header must not stop the queue for days. */
export const MAX_RETRY_AFTER_MS = 3_600_000
/** After this many failures in a row, the provider counts as down. A single one may be the token's fault. */
const FAILURES = 3

/** A failure of the provider, as {@link CircuitBreaker.failed} takes it. */
export interface ProviderFailure {
  readonly kind: FailureKind
  readonly retryAfterMs?: number | undefined
  /** When the attempt began. */
  readonly startedAt: number
}

/**
 * Decides how many logouts may be in progress. Closed: as many as are allowed. Open, while the provider asks for a pause
 * or does not answer: none, for longer each time. Half-open, after each pause: a single one. When that succeeds, the
 * number grows to what it was, or to half of it when the provider was throttling.
 *
 * All times are milliseconds on one clock that never jumps, and are passed in.
 */
export class CircuitBreaker {
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

  /** Whether the provider counts as down or has asked for a pause, and no success has shown otherwise. */
  get isTripped(): boolean {
    return this.#pauses > 0
  }

  /** When the pause ends. */
  get pausedUntil(): number {
    return this.#pausedUntil
  }

  /** How many may be in progress now: none during a pause, one right after it. */
  limit(now: number): number {
    if (now < this.#pausedUntil) return 0
    return this.isTripped ? 1 : Math.floor(this.#window)
  }

  /** The provider revoked a token, or refused that one alone. Returns whether this ends a pause. */
  succeeded(startedAt: number): boolean {
    this.#failures = 0
    // An answer to something that was sent before the pause says nothing about now.
    if (this.isTripped && startedAt >= this.#pausedUntil) {
      this.#pauses = 0
      this.#window = 1
      return true
    }
    const step = this.#window < this.#threshold ? 1 : 1 / this.#window
    this.#window = Math.min(this.#concurrency, this.#window + step)
    return false
  }

  /** The provider throttled, failed, or did not answer. Returns whether a pause begins or becomes longer. */
  failed(now: number, { kind, retryAfterMs, startedAt }: ProviderFailure): boolean {
    const fresh = startedAt >= this.#pausedAt
    if (kind !== 'throttled') {
      this.#failures++
      this.#threshold = this.#concurrency
      if (!fresh || (!this.isTripped && this.#failures < FAILURES)) return false
    } else if (fresh) {
      this.#threshold = Math.max(1, this.#window / 2)
    }
    if (retryAfterMs !== undefined) return this.#pause(now, now + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), fresh)
    const longest = kind === 'refused' ? MAX_REFUSED_PAUSE_MS : MAX_PAUSE_MS
    const pauseMs = Math.min(longest, FIRST_PAUSE_MS * 2 ** this.#pauses)
    return this.#pause(now, now + pauseMs * (0.75 + this.#random() / 4), fresh)
  }

  /** Another worker pauses. Returns whether this one's pause becomes longer. */
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
