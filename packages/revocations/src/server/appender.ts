import { outlastOutage } from '@backend-logout/private-store'
import type { RevocationEntry } from '../entry.ts'
import type { LogStore } from './store.ts'
import { isDataError, storeError } from './store-error.ts'

interface Waiting {
  readonly entries: readonly RevocationEntry[]
  readonly stored: () => void
  readonly failed: (error: unknown) => void
  /** On the clock of `performance.now()`. */
  readonly giveUpAt: number
  /** True once the caller no longer waits. */
  isAbandoned: boolean
}

/** Maximum number of entries in one statement. */
const MAX_BATCH = 1_000
/** Time limit for a statement that stores a batch, in milliseconds. */
const WRITE_MS = 4_000

/**
 * Appends entries. Callers that arrive while others are being served wait and then share one statement and one commit,
 * so concurrent callers are served as fast as one with a list.
 */
export class Appender {
  readonly #store: LogStore
  readonly #timeoutMs: number
  readonly #appended: (count: number) => void
  readonly #waiting: Waiting[] = []
  /** Ends the wait of each call. */
  readonly #calls = new Set<() => void>()
  #onIdle: (() => void) | undefined
  #running = 0

  /**
   * @param timeoutMs Time limit of a call; with 0, it is tried once.
   * @param appended Called with the number of entries that became durable.
   */
  constructor(store: LogStore, timeoutMs: number, appended: (count: number) => void) {
    this.#store = store
    this.#timeoutMs = timeoutMs
    this.#appended = appended
  }

  /** Resolves when the entries are durable, and rejects in time, whatever the database does. */
  append(entries: readonly RevocationEntry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#calls.delete(giveUp)
        if (this.#calls.size === 0) this.#onIdle?.()
      }
      const giveUp = (): void => {
        waiting.isAbandoned = true
        end()
        reject(storeError('Appending to the revocation log', new Error('the database did not answer in time')))
      }
      const timer = setTimeout(giveUp, this.#timeoutMs || WRITE_MS)
      const waiting: Waiting = {
        entries,
        stored() {
          end()
          resolve()
        },
        failed(error) {
          end()
          reject(error)
        },
        giveUpAt: performance.now() + this.#timeoutMs,
        isAbandoned: false,
      }
      this.#calls.add(giveUp)
      this.#waiting.push(waiting)
      this.#start()
    })
  }

  /** Resolves when every call has ended, at the latest after `ms` milliseconds: then those that still wait reject. */
  async settle(ms: number): Promise<void> {
    if (this.#calls.size === 0) return
    const timer = setTimeout(() => {
      for (const giveUp of this.#calls) giveUp()
    }, ms)
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
    clearTimeout(timer)
  }

  #start(): void {
    while (this.#running < this.#store.appends && this.#waiting.length > 0) {
      const batch = this.#takeBatch().filter(({ isAbandoned }) => !isAbandoned)
      if (batch.length === 0) continue
      this.#running++
      this.#appendBatch(batch)
    }
  }

  #takeBatch(): Waiting[] {
    let size = 0
    let count = 0
    for (const { entries } of this.#waiting) {
      size += entries.length
      // A single list that is longer is stored alone.
      if (size > MAX_BATCH && count > 0) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #appendBatch(batch: readonly Waiting[]): Promise<void> {
    await this.#storeBatch(batch)
    this.#running--
    this.#start()
  }

  async #storeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const entries = batch.flatMap(({ entries }) => entries)
      await this.#untilStored(entries, Math.max(...batch.map(({ giveUpAt }) => giveUpAt)))
      this.#appended(entries.length)
      for (const { stored } of batch) stored()
    } catch (error) {
      if (batch.length > 1 && isDataError(error)) {
        // One caller's entry must not fail those of others: half by half, only that one is left.
        const half = batch.length >> 1
        await this.#storeBatch(batch.slice(0, half))
        await this.#storeBatch(batch.slice(half))
        return
      }
      for (const { failed } of batch) failed(error)
    }
  }

  #untilStored(entries: readonly RevocationEntry[], giveUpAt: number): Promise<void> {
    // Short enough for another attempt, on another connection, if the first one was cut silently. A long list needs the
    // whole time.
    const attemptMs = entries.length > MAX_BATCH ? this.#timeoutMs : Math.min(WRITE_MS, this.#timeoutMs * 0.4)
    return outlastOutage(giveUpAt, () => {
      const ms = this.#timeoutMs ? Math.max(1, Math.min(giveUpAt - performance.now(), attemptMs)) : WRITE_MS
      // After a broken connection, it is unknown whether the statement was executed. Repeating it is harmless, because
      // entries merge.
      return this.#store.append(entries, ms)
    })
  }
}
