import { type Clock, systemClock } from './clock.ts'
import { EndedEarly, withTimeLimit } from './time-limit.ts'

interface Run<T> {
  readonly startedAt: number
  /** Its own end, or an earlier success of another run. */
  readonly outcome: PromiseWithResolvers<T>
}

/**
 * Work whose result many calls need: those that come while it is in progress share one run.
 *
 * When a run has taken longer than `patienceMs`, one of the calls that wait, or the next one, begins another run, and the
 * first success of either settles all calls: a slow run holds up nobody who waits for a later one. On Cloudflare Workers,
 * all that a request began ends without a result when its client disconnects. Without this limit, calls that wait for it
 * would hang, and so would every later one.
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
  #latest: Run<T> | undefined
  /** The runs in progress since the last success. */
  readonly #runs = new Set<Run<T>>()

  /**
   * Creates work that has not begun.
   *
   * @param work the task of each run
   * @param patienceMs the age at which a run is no longer waited for alone, in milliseconds
   * @param clock the source of time; the runtime's own by default
   */
  constructor(work: () => Promise<T>, patienceMs: number, clock: Clock = systemClock) {
    this.#work = work
    this.#patienceMs = patienceMs
    this.#clock = clock
  }

  /** True while a run is in progress that a call would join. */
  get isRunning(): boolean {
    return this.#latest !== undefined
  }

  /**
   * Joins the run in progress, or begins one. Resolves with the first success from then on, whichever run has it; rejects
   * as the run does that this call joined or began last.
   *
   * @param work the task of a run that this call begins; by default that of the constructor
   */
  async run(work: () => Promise<T> = this.#work): Promise<T> {
    for (let other = this.#latest; other; other = this.#latest) {
      const { startedAt, outcome } = other
      const leftMs = startedAt + this.#patienceMs - this.#clock.now()
      try {
        return await withTimeLimit(() => outcome.promise, leftMs, undefined, this.#clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
      }
      // Another call that waited may have begun the next run already.
      if (this.#latest === other) break
    }
    return this.#begin(work)
  }

  #begin(work: () => Promise<T>): Promise<T> {
    const result = work()
    const run: Run<T> = { startedAt: this.#clock.now(), outcome: Promise.withResolvers() }
    this.#latest = run
    this.#runs.add(run)
    result.then(
      (value) => this.#succeed(run, value),
      (error: unknown) => this.#fail(run, error),
    )
    return run.outcome.promise
  }

  #succeed(run: Run<T>, value: T): void {
    // The calls that wait now came after an earlier success: they want a newer result than this one.
    if (!this.#runs.has(run)) return
    for (const { outcome } of this.#runs) outcome.resolve(value)
    this.#runs.clear()
    this.#latest = undefined
  }

  #fail(run: Run<T>, error: unknown): void {
    run.outcome.reject(error)
    this.#runs.delete(run)
    if (this.#latest === run) this.#latest = undefined
  }
}
