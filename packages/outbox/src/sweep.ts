import type { Claims } from './claims.ts'

/**
 * The interval at which an idle worker also tries logouts that are due later, in milliseconds: a clock may have jumped.
 */
const SWEEP_MS = 300_000
/** The most logouts that are claimed at a time. */
const MAX_CLAIMED = 500

/** Claims logouts that are not due yet, now and then, and whenever there is reason to. */
export class Sweep {
  readonly #claims: Claims
  /** When, on the clock of `performance.now()`. */
  #at = 0
  #isOfAll = false

  constructor(claims: Claims) {
    this.#claims = claims
  }

  /** Claims some as soon as the worker is idle: the provider is back, and those that failed meanwhile need not wait. */
  soon(): void {
    this.#at = 0
  }

  /** Claims all: the database's clock was set back, so that whatever was added before is due too late. */
  all(): void {
    this.#at = 0
    this.#isOfAll = true
  }

  /** Claims what it is time for, and returns how many. */
  async run(now: number): Promise<number> {
    if (now < this.#at) return 0
    this.#at = now + SWEEP_MS
    const claimed = await this.#claims.sweep(MAX_CLAIMED)
    if (claimed < MAX_CLAIMED) this.#isOfAll = false
    if (this.#isOfAll) this.#at = now
    return claimed
  }
}
