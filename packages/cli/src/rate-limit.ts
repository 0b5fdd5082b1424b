import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenRow } from './input/row.ts'

/** The maximum delay that a late timer catches up on, in milliseconds. */
const CATCH_UP_MS = 20

/**
 * Keeps a whole run below a number of requests per second, however many clients it has. Rows are held back until their
 * requests fit in; unforeseen requests, such as retries, hold back the rows behind them.
 */
export class RateLimit {
  readonly #gapMs: number
  readonly #requestsPerToken: number
  readonly #stop = new AbortController()
  #nextAt = 0
  /** Requests that rows were held back for, and that were not sent yet. */
  #expected = 0

  /** @param requestsPerToken The number of requests per token without failures. */
  constructor(perSecond: number, requestsPerToken: number) {
    this.#gapMs = 1000 / perSecond
    this.#requestsPerToken = requestsPerToken
  }

  /** A request was sent. */
  sent(): void {
    if (this.#expected > 0) this.#expected--
    else this.#delay(1)
  }

  /** Holds rows back. */
  apply(rows: AsyncIterator<TokenRow, undefined>): AsyncIterator<TokenRow, undefined> {
    return {
      next: async () => {
        const next = await rows.next()
        if (!next.done) await this.#turn()
        return next
      },
    }
  }

  /** Releases a row that is held back. */
  stop(): void {
    this.#stop.abort()
  }

  async #turn(): Promise<void> {
    for (let now = performance.now(); now < this.#nextAt; now = performance.now()) {
      if (this.#stop.signal.aborted) return
      await sleep(this.#nextAt - now, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
    this.#delay(this.#requestsPerToken)
    this.#expected += this.#requestsPerToken
  }

  #delay(requests: number): void {
    this.#nextAt = Math.max(this.#nextAt, performance.now() - CATCH_UP_MS) + this.#gapMs * requests
  }
}
