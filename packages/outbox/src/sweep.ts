import type { Claims } from './claims.ts'

/**
 * The interval at which an idle worker also tries logouts that are due later, in milliseconds: a clock may have jumped.
 */
const SWEEP_MS = 300_000
/** The maximum number of logouts that are claimed at a time. */
const MAX_CLAIMED = 500

/** Claims logouts that are not due yet: at intervals, and whenever there is a reason. */
export class Sweep {
  readonly #claims: Claims
  /** The next time, on the clock of `performance.now()`. */
  #at = 0
  #isOfAll = false

  constructor(claims: Claims) {
    this.#claims = claims
  }

  /** Claims some as soon as the worker is idle, because the provider has recovered: failed ones need not wait. */
  soon(): void {
    this.#at = 0
  }

  /** Claims all: the database's clock was set back, so that earlier logouts are due too late. */
  all(): void {
    this.#at = 0
    this.#isOfAll = true
  }

  /** Claims logouts whose time has come, and returns their number. */
  async run(now: number): Promise<number> {
    if (now < this.#at) return 0
    this.#at = now + SWEEP_MS
    const claimed = await this.#claims.sweep(MAX_CLAIMED)
    if (claimed < MAX_CLAIMED) this.#isOfAll = false
    if (this.#isOfAll) this.#at = now
    return claimed
  }
}
