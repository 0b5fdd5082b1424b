import { outlastOutage, type TimedCall, TimedCalls } from '@backend-logout/private-store'
import type { RevocationEntry } from '../entry.ts'
import type { LogStore } from './store.ts'
import { isDataError, storeError } from './store-error.ts'

interface Waiting {
  readonly entries: readonly RevocationEntry[]
  readonly call: TimedCall
  readonly stored: () => void
  readonly failed: (error: unknown) => void
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
  readonly #calls: TimedCalls
  #running = 0

  /**
   * @param timeoutMs Time limit of a call; with 0, it is tried once.
   * @param appended Called with the number of entries that became durable.
   */
  constructor(store: LogStore, timeoutMs: number, appended: (count: number) => void) {
    this.#store = store
    this.#timeoutMs = timeoutMs
    this.#appended = appended
    this.#calls = new TimedCalls(timeoutMs, WRITE_MS)
  }

  /** Resolves when the entries are durable, and rejects in time, whatever the database does. */
  async append(entries: readonly RevocationEntry[]): Promise<void> {
    try {
      await this.#calls.run(
        (call) =>
          new Promise<void>((stored, failed) => {
            this.#waiting.push({ entries, call, stored, failed })
            this.#start()
          }),
      )
    } catch (error) {
      throw storeError('Appending to the revocation log', error)
    }
  }

  /** Resolves when every call has ended, at the latest after `ms` milliseconds: then those that still wait reject. */
  settle(ms: number): Promise<void> {
    return this.#calls.settle(ms)
  }

  #start(): void {
    while (this.#running < this.#store.appends && this.#waiting.length > 0) {
      const batch = this.#takeBatch().filter(({ call }) => !call.isAbandoned)
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
      await this.#untilStored(entries, Math.max(...batch.map(({ call }) => call.giveUpAt)))
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
