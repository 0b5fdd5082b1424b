/** The number of requests in flight at the start, if more are allowed. */
const FIRST_WINDOW = 16
/** Pause after a refusal that does not specify one, in milliseconds; doubled if nothing was admitted before it. */
const FIRST_SILENT_MS = 500
const MAX_SILENT_MS = 8_000
/** Longest pause that is honored, in milliseconds. */
const MAX_PAUSE_MS = 600_000
/** The time for which a rate is kept before it is raised, in milliseconds; doubled after each refusal. */
const FIRST_HOLD_MS = 20_000
const MAX_HOLD_MS = 300_000
/** The time for which the provider must have admitted a rate before the run returns to it, in milliseconds. */
const PROVEN_MS = 10_000
/** The time for which a rate that was refused after an outage is kept, before the previous rate returns. */
const RECOVERY_HOLD_MS = 1_000
const RECOVERY_STEP = 0.15
/** Requests that a late timer may catch up on, in milliseconds of the rate. */
const CATCH_UP_MS = 20

/**
 * Decides when a bulk run may send its next request. It starts slowly and increases to `concurrency` as responses
 * arrive. When the provider throttles, all requests pause, and afterward they leave at the rate that the provider
 * admitted; that rate is kept at first and then raised again, slowly at first. An outage lowers the rate below what the
 * provider admits, so the previous rate returns within seconds, unless it is refused.
 *
 * All times are arguments: milliseconds on one clock that never jumps.
 */
export class RateController {
  readonly #concurrency: number
  #window: number
  /** Milliseconds from one request to the next; unset until the provider first throttles. */
  #gapMs = 0
  #nextAt = 0
  #pausedUntil = 0
  #holdMs = FIRST_HOLD_MS
  #raisedAt = 0
  #step = 0.02
  #admitted = 0
  /** Milliseconds from one request to the next, at the best rate that was admitted for long. */
  #provenGapMs = Number.POSITIVE_INFINITY
  /** True while it returns to that rate. */
  #isRecovering = false
  #silentMs = FIRST_SILENT_MS
  /** The time from which admitted requests are counted: the first response, because connecting takes extra time. */
  #cycleStart: number | undefined
  #shrunkAt = Number.NEGATIVE_INFINITY

  constructor(concurrency: number) {
    this.#concurrency = concurrency
    this.#window = Math.min(FIRST_WINDOW, concurrency)
  }

  /** The maximum number of requests in flight. */
  get window(): number {
    return Math.floor(this.#window)
  }

  /** Milliseconds until the next request may leave; 0 for now. */
  delay(now: number): number {
    const at = Math.max(this.#pausedUntil, this.#nextAt)
    return at > now ? at - now : 0
  }

  /** A request leaves. */
  sent(now: number): void {
    if (this.#gapMs === 0) return
    this.#raise(now)
    this.#nextAt = Math.max(this.#nextAt, now - CATCH_UP_MS) + this.#gapMs
  }

  /** A request got a response other than throttling. */
  answered(now: number): void {
    this.#cycleStart ??= now
    this.#admitted++
    this.#prove(now)
    if (this.#window < this.#concurrency) this.#window = Math.min(this.#concurrency, this.#window + 1)
  }

  /** The provider throttled a request. */
  throttled(now: number, retryAfterMs?: number): void {
    // Requests that were in flight together are refused together, which counts as one refusal.
    const sameEvent = now < this.#pausedUntil
    if (!sameEvent) this.#silentMs = this.#admitted ? FIRST_SILENT_MS : Math.min(MAX_SILENT_MS, this.#silentMs * 2)
    const pauseMs = Math.min(retryAfterMs ?? this.#silentMs, MAX_PAUSE_MS)
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs)
    this.#nextAt = this.#pausedUntil
    if (sameEvent || !this.#admitted) return
    const elapsedMs = Math.max(1, now - (this.#cycleStart ?? now))
    if (this.#gapMs === 0) {
      // A burst was admitted, and the pause follows from it. Most providers count in windows and round the pause up to
      // a whole second, so the longer of the two is the best estimate of the window.
      this.#gapMs = (Math.max(elapsedMs, pauseMs) / this.#admitted) * 1.02
    } else {
      // Requests left evenly, so the rate up to now is the rate that the provider admits. Soon after a pause that rate
      // is near zero, so only a part of it is applied immediately.
      this.#gapMs = Math.min(this.#gapMs * 1.4, Math.max(this.#gapMs, elapsedMs / this.#admitted) * 1.04)
      if (!this.#isSlowerThanProven) this.#holdMs = Math.min(MAX_HOLD_MS, this.#holdMs * 2)
    }
    // If it is also refused during the return, the provider admits less than before.
    if (this.#isRecovering) this.#provenGapMs = this.#gapMs
    this.#isRecovering = this.#isSlowerThanProven
    this.#window = Math.max(1, this.#window / 2)
    this.#cycleStart = this.#pausedUntil
    this.#raisedAt = this.#pausedUntil + (this.#isRecovering ? RECOVERY_HOLD_MS : this.#holdMs)
    this.#step = 0.03
    this.#admitted = 0
  }

  /** A request failed in a way that shows that the provider is overloaded or down. */
  failed(now: number): void {
    if (now - this.#shrunkAt < 1000) return
    this.#shrunkAt = now
    this.#window = Math.max(1, this.#window / 2)
  }

  /** True if an outage made the rate much slower than what was admitted before it. */
  get #isSlowerThanProven(): boolean {
    return this.#gapMs > this.#provenGapMs * 1.1
  }

  #prove(now: number): void {
    const elapsedMs = now - (this.#cycleStart ?? now)
    if (elapsedMs < PROVEN_MS) return
    this.#provenGapMs = Math.min(this.#provenGapMs, Math.max(this.#gapMs, elapsedMs / this.#admitted))
  }

  /** Raises the rate a little each second, and faster the longer nothing is refused. */
  #raise(now: number): void {
    while (now >= this.#raisedAt) {
      if (this.#isRecovering) {
        this.#gapMs = Math.max(this.#provenGapMs, this.#gapMs / (1 + RECOVERY_STEP))
        this.#isRecovering = this.#gapMs > this.#provenGapMs
        this.#raisedAt += this.#isRecovering ? 1000 : this.#holdMs
        continue
      }
      this.#gapMs /= 1 + this.#step
      this.#step = Math.min(0.5, this.#step * 1.5)
      this.#raisedAt += 1000
    }
  }
}
