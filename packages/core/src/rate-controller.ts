/** The number of requests in flight at the start, if more are allowed. */
const FIRST_WINDOW = 16
/** Pause after a refusal that does not say how long, in milliseconds; doubled if nothing was admitted before it. */
const FIRST_SILENT_MS = 500
const MAX_SILENT_MS = 8_000
/** Longest pause that is honored, in milliseconds; longer waits are then requested again. */
const MAX_PAUSE_MS = 600_000
/** The time for which a rate is kept before more is tried, in milliseconds. It doubles each time that was wrong. */
const FIRST_HOLD_MS = 20_000
const MAX_HOLD_MS = 300_000
/** A rate that the provider has admitted for so long, in milliseconds, is worth coming back to. */
const PROVEN_MS = 10_000
/** The time for which a rate that was refused after an outage is kept, before the previous rate returns. */
const RECOVERY_HOLD_MS = 1_000
const RECOVERY_STEP = 0.15
/** Requests that a late timer may catch up on, in milliseconds of the rate. */
const CATCH_UP_MS = 20

/**
 * Decides when a bulk run may send its next request. It starts gently and opens up to `concurrency` as responses
 * arrive. When the provider throttles, everything pauses together, and afterwards requests leave at the rate that the
 * provider was seen to admit; that rate is kept at first and then raised again, slowly at first. An outage lowers the
 * rate below what the provider admits, so the previous rate returns within seconds, unless it is refused.
 *
 * All times are milliseconds on one clock that never jumps, and are handed in.
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

  /** A request was answered, and not refused for coming too soon. */
  answered(now: number): void {
    this.#cycleStart ??= now
    this.#admitted++
    this.#prove(now)
    if (this.#window < this.#concurrency) this.#window = Math.min(this.#concurrency, this.#window + 1)
  }

  /** The provider refused a request for coming too soon. */
  throttled(now: number, retryAfterMs?: number): void {
    // Requests that were in flight together are refused together: that is one event, not many.
    const sameEvent = now < this.#pausedUntil
    if (!sameEvent) this.#silentMs = this.#admitted ? FIRST_SILENT_MS : Math.min(MAX_SILENT_MS, this.#silentMs * 2)
    const pauseMs = Math.min(retryAfterMs ?? this.#silentMs, MAX_PAUSE_MS)
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs)
    this.#nextAt = this.#pausedUntil
    if (sameEvent || !this.#admitted) return
    const elapsedMs = Math.max(1, now - (this.#cycleStart ?? now))
    if (this.#gapMs === 0) {
      // A burst was admitted, and the pause is the price for it. Most providers count in windows and round the pause up
      // to a whole second, so the longer of the two is the best estimate of the window.
      this.#gapMs = (Math.max(elapsedMs, pauseMs) / this.#admitted) * 1.02
    } else {
      // Requests left evenly, so the rate up to now is the rate that the provider admits. Soon after a pause that is
      // next to nothing, so only a part of it is believed immediately.
      this.#gapMs = Math.min(this.#gapMs * 1.4, Math.max(this.#gapMs, elapsedMs / this.#admitted) * 1.04)
      if (!this.#isSlowerThanProven) this.#holdMs = Math.min(MAX_HOLD_MS, this.#holdMs * 2)
    }
    // Also refused on the way back: then the provider admits less than it did.
    if (this.#isRecovering) this.#provenGapMs = this.#gapMs
    this.#isRecovering = this.#isSlowerThanProven
    this.#window = Math.max(1, this.#window / 2)
    this.#cycleStart = this.#pausedUntil
    this.#raisedAt = this.#pausedUntil + (this.#isRecovering ? RECOVERY_HOLD_MS : this.#holdMs)
    this.#step = 0.03
    this.#admitted = 0
  }

  /** A request failed as it does when the provider is overloaded or down. */
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

  /** Tries a little more each second, and more boldly the longer nothing is refused. */
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
