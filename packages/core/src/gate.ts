import type { PacedAttempt } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'

/** Decides when the requests of a bulk run may leave. All times are in milliseconds of the client's clock. */
export interface Gate {
  /** The maximum number of requests in flight. */
  readonly window: number
  /** The number of tokens that should be read before they can be sent. */
  readonly readAhead: number

  /** The time until the next request may leave; 0 for now, if {@link take} agrees. */
  delay(now: number): number

  /** True if the first of some tokens that wait is sent now. Otherwise, the run is called when that may have changed. */
  take(waiting: number, now: number): boolean

  /** The client for one token. */
  clientFor(core: ClientCore): ClientCore

  /** Learns from the requests for a token. */
  learn(attempt: PacedAttempt, now: number): void
}
