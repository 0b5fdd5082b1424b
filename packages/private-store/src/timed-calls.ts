/** A call of {@link TimedCalls}. */
export interface TimedCall {
  /** When its time is over, on the clock of `performance.now()`. */
  readonly giveUpAt: number
  /** True once the caller no longer waits. */
  readonly isAbandoned: boolean
}

/**
 * Calls that end in time, whatever the database does.
 *
 * @example
 * ```ts
 * import { openPrivateStore, TimedCalls } from '@backend-logout/private-store'
 *
 * const store = await openPrivateStore('./data')
 * const calls = new TimedCalls(5_000)
 * console.log(await calls.run(() => store.query('SELECT 1 AS one')))
 * await calls.settle(1_000)
 * await store.close()
 * ```
 */
export class TimedCalls {
  readonly #timeoutMs: number
  readonly #leastMs: number
  /** Ends the wait of each call. */
  readonly #running = new Set<() => void>()
  readonly #onIdle: (() => void)[] = []

  /**
   * @param timeoutMs Time limit of a call, in milliseconds. With 0, its task should not be repeated.
   * @param leastMs Time limit of the single attempt if `timeoutMs` is 0, in milliseconds.
   */
  constructor(timeoutMs: number, leastMs: number = timeoutMs) {
    this.#timeoutMs = timeoutMs
    this.#leastMs = leastMs
  }

  /** Rejects as the task does, or when the time is over. The task then continues, and its result is dropped. */
  run<T>(task: (call: TimedCall) => Promise<T>): Promise<T> {
    const call = { giveUpAt: performance.now() + this.#timeoutMs, isAbandoned: false }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#running.delete(giveUp)
        if (this.#running.size === 0) for (const idle of this.#onIdle.splice(0)) idle()
      }
      const giveUp = (): void => {
        call.isAbandoned = true
        end()
        reject(new Error('the database did not answer in time'))
      }
      const timer = setTimeout(giveUp, this.#timeoutMs || this.#leastMs)
      this.#running.add(giveUp)
      const work = async (): Promise<T> => task(call)
      work().then(
        (result) => {
          end()
          resolve(result)
        },
        (error) => {
          end()
          reject(error)
        },
      )
    })
  }

  /** Resolves when every call has ended, at the latest after `ms` milliseconds: then those that still wait reject. */
  async settle(ms: number): Promise<void> {
    if (this.#running.size === 0) return
    const timer = setTimeout(() => {
      for (const giveUp of this.#running) giveUp()
    }, ms)
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
    })
    clearTimeout(timer)
  }
}
