import { type Clock, systemClock } from './clock.ts'
import { EndedEarly, withTimeLimit } from './time-limit.ts'

/**
 * Work whose result many calls need: those that come while it is in progress share one run.
 *
 * A run that has taken longer than `patienceMs` is not waited for: the next call that needs the result begins another
 * run. On Cloudflare Workers, all that a request began ends without a result when its client disconnects. Without this
 * limit, calls that wait for it would hang, and so would every later one.
 *
 * @example
 * ```ts
 * import { SharedWork } from '@backend-logout/core'
 *
 * const keys = new SharedWork(async () => (await fetch('https://id.example.com/jwks')).json(), 5_000)
 * const [first, second] = await Promise.all([keys.run(), keys.run()]) // one request
 * ```
 */
export class SharedWork<T> {
  readonly #work: () => Promise<T>
  readonly #patienceMs: number
  readonly #clock: Clock
  #latest: { readonly startedAt: number; readonly result: Promise<T> } | undefined

  /**
   * Creates work that has not begun.
   *
   * @param work the task of each run
   * @param patienceMs the longest time that a call waits for the run of another one, in milliseconds
   * @param clock the source of time; the runtime's own by default
   */
  constructor(work: () => Promise<T>, patienceMs: number, clock: Clock = systemClock) {
    this.#work = work
    this.#patienceMs = patienceMs
    this.#clock = clock
  }

  /** True while a run is in progress. */
  get isRunning(): boolean {
    return this.#latest !== undefined
  }

  /**
   * Joins the run in progress, or begins one. Rejects as the work does.
   *
   * @param work the task of a run that this call begins; by default that of the constructor
   */
  async run(work: () => Promise<T> = this.#work): Promise<T> {
    for (let other = this.#latest; other; other = this.#latest) {
      const { startedAt, result } = other
      const leftMs = startedAt + this.#patienceMs - this.#clock.now()
      try {
        return await withTimeLimit(() => result, leftMs, undefined, this.#clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
      }
      // Another call that waited may have begun the next run already.
      if (this.#latest === other) break
    }
    return this.#begin(work)
  }

  #begin(work: () => Promise<T>): Promise<T> {
    const begun = { startedAt: this.#clock.now(), result: work() }
    this.#latest = begun
    const end = (): void => {
      if (this.#latest === begun) this.#latest = undefined
    }
    begun.result.then(end, end)
    return begun.result
  }
}
