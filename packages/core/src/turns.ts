import type { BulkPacer, PacedAttempt } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'
import { invalidOption } from './invalid-option.ts'
import type { ProviderApi } from './request.ts'

/** Takes the turns of one run at a {@link BulkPacer}, one at a time, and pays for requests that had none. */
export class Turns {
  readonly #pacer: BulkPacer
  readonly #signal: AbortSignal
  readonly #changed: (failure?: { readonly error: unknown }) => void
  #isAsking = false
  #hasTurn = false
  /** Requests that were sent without a turn: retries, and those of `verify`. */
  #owed = 0

  /**
   * @param signal Aborts when the run ends.
   * @param changed Called when there is a turn, or none can be had.
   * @throws LogoutError `invalid_argument`
   */
  constructor(pacer: BulkPacer, signal: AbortSignal, changed: (failure?: { readonly error: unknown }) => void) {
    if (typeof pacer?.turn !== 'function' || typeof pacer.learn !== 'function') {
      invalidOption('pacer', 'must have turn() and learn().', 'invalid_argument')
    }
    this.#pacer = pacer
    this.#signal = signal
    this.#changed = changed
  }

  /** Takes a turn for a token; without one, asks for it and returns `false`. */
  take(): boolean {
    const has = this.#hasTurn
    this.#hasTurn = false
    if (!has && !this.#isAsking) this.#ask()
    return has
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
    this.#isAsking = true
    try {
      for (this.#owed++; this.#owed > 0; this.#owed--) await this.#pacer.turn(this.#signal)
      this.#hasTurn = true
      this.#changed()
    } catch (error) {
      // An abort is handled by the run.
      if (!this.#signal.aborted) this.#changed({ error })
    }
    this.#isAsking = false
  }
}
