/** How many requests are in flight at the start, where more are allowed. */
const FIRST_WINDOW = 16
/** Pause after a refusal that does not say how long, in milliseconds. */
const DEFAULT_PAUSE_MS = 500
/** Longest pause that is honoured, in milliseconds; whoever asks for more is asked again then. */
const MAX_PAUSE_MS = 600_000
/** How long a rate that was found is kept before more is tried, in milliseconds; doubled each time that was wrong. */
const FIRST_HOLD_MS = 20_000
const MAX_HOLD_MS = 300_000
/** Requests that a late timer may catch up on, in milliseconds of the rate. */
const CATCH_UP_MS = 20

/**
 * Decides when a bulk run may send its next request. It starts gently and opens up to `concurrency` as answers come.
 * When the provider throttles, everything pauses together, and afterwards requests leave at the rate that the provider
 * was seen to admit; that rate is kept for a while and then raised again, slowly at first.
 *
 * All times are milliseconds on one clock that never jumps, and are handed in.
 */
export class Pace {
  readonly #concurrency: number
  #window: number
  /** Requests per millisecond; without a limit until the provider first throttles. */
  #rate = Number.POSITIVE_INFINITY
  #nextAt = 0
  #pausedUntil = 0
  #holdMs = FIRST_HOLD_MS
  #raisedAt = 0
  #step = 0.02
  #admitted = 0
  /** Since when is counted what was admitted: the first answer, as making connections takes time of its own. */
  #cycleStart: number | undefined
  #shrunkAt = Number.NEGATIVE_INFINITY

  constructor(concurrency: number) {
    this.#concurrency = concurrency
    this.#window = Math.min(FIRST_WINDOW, concurrency)
  }

  /** How many requests may be in flight. */
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
    if (this.#rate === Number.POSITIVE_INFINITY) return
    this.#raise(now)
    this.#nextAt = Math.max(this.#nextAt, now - CATCH_UP_MS) + 1 / this.#rate
  }

  /** A request was answered, and not refused for coming too soon. */
  answered(now: number): void {
    this.#cycleStart ??= now
    this.#admitted++
    if (this.#window < this.#concurrency) this.#window = Math.min(this.#concurrency, this.#window + 1)
  }

  /** The provider refused a request for coming too soon. */
  throttled(now: number, retryAfterMs: number = DEFAULT_PAUSE_MS): void {
    const pauseMs = Math.min(retryAfterMs, MAX_PAUSE_MS)
    // Requests that were in flight together are refused together: that is one event, not many.
    const sameEvent = now < this.#pausedUntil || this.#admitted === 0
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs)
    this.#nextAt = this.#pausedUntil
    if (sameEvent) return
    const elapsedMs = now - (this.#cycleStart ?? now)
    const paced = this.#rate !== Number.POSITIVE_INFINITY
    if (paced) {
      // Requests left evenly, so what was admitted until now is what the provider admits.
      this.#rate = Math.min(this.#rate, this.#admitted / Math.max(1, elapsedMs)) * 0.96
      this.#holdMs = Math.min(MAX_HOLD_MS, this.#holdMs * 2)
    } else {
      // A burst was admitted, and the pause is the price for it. Most providers count in windows and round the pause up
      // to a whole second, so the longer of the two is the best guess at what the burst was admitted for.
      this.#rate = (this.#admitted / Math.max(1, elapsedMs, pauseMs)) * 0.98
    }
    this.#window = Math.max(1, this.#window / 2)
    this.#cycleStart = this.#pausedUntil
    this.#raisedAt = this.#pausedUntil + this.#holdMs
    this.#step = 0.03
    this.#admitted = 0
  }

  /** A request failed as it does when the provider is overloaded or down. */
  failed(now: number): void {
    if (now - this.#shrunkAt < 1000) return
    this.#shrunkAt = now
    this.#window = Math.max(1, this.#window / 2)
  }

  /** Tries a little more each second, and more boldly the longer nothing is refused. */
  #raise(now: number): void {
    while (now >= this.#raisedAt) {
      this.#rate *= 1 + this.#step
      this.#step = Math.min(0.5, this.#step * 1.5)
      this.#raisedAt += 1000
    }
  }
}
