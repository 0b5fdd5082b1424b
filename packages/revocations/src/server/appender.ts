import { isOutage } from '@backend-logout/private-store'
import type { RevocationEntry } from '../entry.ts'
import type { LogStore } from './store.ts'

interface Waiting {
  readonly entries: readonly RevocationEntry[]
  readonly stored: () => void
  readonly failed: (error: unknown) => void
}

/** Maximum number of entries in one statement. */
const MAX_BATCH = 1_000

/**
 * Appends entries. Callers that arrive while others are being served wait and then share one statement and one commit,
 * so concurrent callers are served as fast as one with a list.
 */
export class Appender {
  readonly #store: LogStore
  readonly #timeoutMs: number
  readonly #appended: (count: number) => void
  readonly #waiting: Waiting[] = []
  readonly #onIdle: (() => void)[] = []
  #running = 0

  /**
   * @param timeoutMs Time limit for retries while the database cannot be reached.
   * @param appended Called with the number of entries that became durable.
   */
  constructor(store: LogStore, timeoutMs: number, appended: (count: number) => void) {
    this.#store = store
    this.#timeoutMs = timeoutMs
    this.#appended = appended
  }

  /** Resolves when the entries are durable. */
  append(entries: readonly RevocationEntry[]): Promise<void> {
    return new Promise((stored, failed) => {
      this.#waiting.push({ entries, stored, failed })
      this.#start()
    })
  }

  /** Resolves when all given entries are stored or have failed. */
  async settle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  #start(): void {
    while (this.#running < this.#store.appends && this.#waiting.length > 0) {
      this.#running++
      this.#appendBatch(this.#takeBatch())
    }
    if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
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
    try {
      const entries = batch.flatMap(({ entries }) => entries)
      await this.#untilStored(entries)
      this.#appended(entries.length)
      for (const { stored } of batch) stored()
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
    this.#running--
    this.#start()
  }

  async #untilStored(entries: readonly RevocationEntry[]): Promise<void> {
    const giveUpAt = performance.now() + this.#timeoutMs
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1_000)) {
      try {
        return await this.#store.append(entries)
      } catch (error) {
        // After a broken connection, it is unknown whether the statement was executed. Repeating it is harmless,
        // because entries merge.
        if (!isOutage(error) || performance.now() + delayMs > giveUpAt) throw error
        await new Promise((resolve) => setTimeout(resolve, delayMs))
      }
    }
  }
}
