import type { BulkPacer, PacedAttempt } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'
import type { Gate } from './gate.ts'
import { invalidOption } from './invalid-option.ts'
import type { ProviderApi } from './request.ts'

/** Maximum number of turns requested at the same time: enough for a distant pacer to grant several together. */
const MAX_ASKED = 32

/** The gate of a run that takes turns at a {@link BulkPacer}, and pays for requests that had none. */
export class Turns implements Gate {
  readonly window: number
  /** A pacer should know how many turns are needed. */
  readonly readAhead: number = MAX_ASKED
  readonly #pacer: BulkPacer
  readonly #signal: AbortSignal
  readonly #changed: (failure?: { readonly error: unknown }) => void
  #asking = 0
  #turns = 0
  /** Requests that were sent without a turn: retries, and those of `verify`. */
  #owed = 0

  /**
   * @param concurrency The maximum number of requests in flight.
   * @param signal Aborts when the run ends.
   * @param changed Called when there is a turn, or when the pacer failed.
   * @throws LogoutError `invalid_argument`
   */
  constructor(
    pacer: BulkPacer,
    concurrency: number,
    signal: AbortSignal,
    changed: (failure?: { readonly error: unknown }) => void,
  ) {
    if (typeof pacer?.turn !== 'function' || typeof pacer.learn !== 'function') {
      invalidOption('pacer', 'must have turn() and learn().', 'invalid_argument')
    }
    this.window = concurrency
    this.#pacer = pacer
    this.#signal = signal
    this.#changed = changed
  }

  /** Only turns delay a request. */
  delay(): number {
    return 0
  }

  /** Takes a turn for the first of some tokens that wait. Without one, asks for all of them and returns `false`. */
  take(waiting: number): boolean {
    if (this.#turns > 0) {
      this.#turns--
      return true
    }
    const missing = Math.min(waiting, MAX_ASKED) - this.#asking
    for (let count = 0; count < missing; count++) this.#ask()
    return false
  }

  /** The client for one token, whose turn pays for the first request. */
  clientFor(core: ClientCore): ClientCore {
    let isPaid = true
    const api: ProviderApi = {
      ...core.api,
      POST: (path, init) => {
        if (!isPaid) this.#owed++
        isPaid = false
        return core.api.POST(path, init)
      },
    }
    return { ...core, api }
  }

  /** Reports the requests for a token. */
  learn({ revocation, throttled, retryAfterMs }: PacedAttempt): void {
    try {
      this.#pacer.learn({ revocation, throttled, retryAfterMs })
    } catch (error) {
      this.#changed({ error })
    }
  }

  async #ask(): Promise<void> {
    this.#asking++
    let failure: { readonly error: unknown } | undefined
    try {
      await this.#pacer.turn(this.#signal)
      if (this.#owed > 0) this.#owed--
      else this.#turns++
    } catch (error) {
      failure = { error }
    }
    this.#asking--
    // An abort is handled by the run.
    if (!this.#signal.aborted) this.#changed(failure)
  }
}
