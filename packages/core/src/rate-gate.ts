import type { PacedAttempt } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'
import type { Gate } from './gate.ts'
import { RateController } from './rate-controller.ts'

/** The gate of a run that finds the provider's rate itself, with a {@link RateController}. */
export class RateGate implements Gate {
  readonly readAhead = 0
  readonly #rate: RateController

  constructor(concurrency: number) {
    this.#rate = new RateController(concurrency)
  }

  get window(): number {
    return this.#rate.window
  }

  delay(now: number): number {
    return this.#rate.delay(now)
  }

  take(_waiting: number, now: number): boolean {
    this.#rate.sent(now)
    return true
  }

  clientFor(core: ClientCore): ClientCore {
    return core
  }

  learn({ revocation, throttled, retryAfterMs }: PacedAttempt, now: number): void {
    if (throttled) this.#rate.throttled(now, retryAfterMs)
    else if (revocation.error?.retryable) this.#rate.failed(now)
    else this.#rate.answered(now)
  }
}
