import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOutage } from '@backend-logout/private-store'
import type { Db } from 'pg-boss'
import { type Store, WRITE_MS } from './boss.ts'
import type { EntrySealer, JobData } from './entry.ts'
import { OutboxError, storeError } from './errors.ts'
import { type Lane, priorityOf } from './lanes.ts'
import { QUEUE } from './queues.ts'
import type { ReadTokens } from './tokens.ts'

/** A logout to store. */
export interface NewLogout extends ReadTokens {
  readonly lane: Lane
}

interface Waiting {
  readonly logout: NewLogout
  readonly stored: (id: string) => void
  readonly failed: (error: unknown) => void
  /** True once the caller no longer waits. */
  isAbandoned: boolean
}

interface NewJob {
  readonly id: string
  readonly data: JobData
  readonly priority: number
}

/** Options of an {@link Adder}. */
export interface AdderOptions {
  readonly store: Pick<Store, 'boss' | 'inserts' | 'durably'>
  readonly sealer: EntrySealer
  /** Time limit of a call, in milliseconds; with 0, it is tried once. */
  readonly timeoutMs: number
  /** Called with the number of logouts that became durable. */
  readonly added: (count: number) => void
}

/** The maximum number of logouts in one statement. */
export const MAX_BATCH = 500

/**
 * Stores logouts. Logouts that arrive while others are being stored form one batch, with one statement and one commit:
 * many callers are served as fast as a single one with a list.
 */
export class Adder {
  readonly #options: AdderOptions
  readonly #waiting: Waiting[] = []
  /** Ends the wait of each call. */
  readonly #calls = new Set<() => void>()
  #onIdle: (() => void) | undefined
  #batches = 0

  constructor(options: AdderOptions) {
    this.#options = options
  }

  /** Stores one, and resolves to its id when it is durable. */
  add(logout: NewLogout): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const waiting: Waiting = { logout, stored: resolve, failed: reject, isAbandoned: false }
    this.#waiting.push(waiting)
    this.#startBatches()
    return this.#inTime(promise, () => {
      waiting.isAbandoned = true
    })
  }

  /** Stores a list, in one statement, and resolves to the ids when it is durable. */
  insert(list: readonly NewLogout[]): Promise<string[]> {
    return this.#inTime(this.#insert(list))
  }

  /** Stores a list in the caller's own transaction. */
  insertInto(db: Db, list: readonly NewLogout[]): Promise<string[]> {
    const jobs = this.#seal(list)
    const inserting = this.#options.store.boss.insert(QUEUE, jobs, { db })
    return this.#inTime(inserting.then(() => jobs.map(({ id }) => id)))
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

  /** Ends a call in time, whatever the database does. */
  #inTime<T>(storing: Promise<T>, abandon = (): void => {}): Promise<T> {
    const ms = this.#options.timeoutMs || WRITE_MS
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        abandon()
        end()
        reject(storeError('Storing the logout', new Error('the database did not answer in time')))
      }
      const timer = setTimeout(giveUp, ms)
      const end = (): void => {
        clearTimeout(timer)
        this.#calls.delete(giveUp)
        if (this.#calls.size === 0) this.#onIdle?.()
      }
      this.#calls.add(giveUp)
      storing.then(
        (result) => {
          end()
          resolve(result)
        },
        (error) => {
          end()
          reject(error instanceof OutboxError ? error : storeError('Storing the logout', error))
        },
      )
    })
  }

  async #insert(list: readonly NewLogout[]): Promise<string[]> {
    const { store, timeoutMs, added } = this.#options
    const jobs = this.#seal(list)
    const giveUpAt = performance.now() + timeoutMs
    // Short enough for another attempt, on another connection, if the first one was cut silently.
    const attemptMs = Math.min(WRITE_MS, timeoutMs * 0.4)
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
      try {
        const db = store.durably(timeoutMs ? Math.min(giveUpAt - performance.now(), attemptMs) : WRITE_MS)
        await store.boss.insert(QUEUE, jobs, { db })
        added(jobs.length)
        return jobs.map(({ id }) => id)
      } catch (error) {
        // After a broken connection, it is unknown whether the statement took effect; with the same ids, that does not
        // matter.
        if (!isOutage(error) || performance.now() + delayMs > giveUpAt) throw error
        await sleep(delayMs)
      }
    }
  }

  #seal(list: readonly NewLogout[]): NewJob[] {
    return list.map(({ about, secret, lane }) => {
      // The id is created here and not in the database, so that storing twice stores once.
      const id = randomUUID()
      const sealed = this.#options.sealer.seal(id, about, secret)
      const data: JobData = lane === 'interactive' ? { ...sealed, lane } : sealed
      return { id, data, priority: priorityOf(lane, about) }
    })
  }

  #startBatches(): void {
    while (this.#batches < this.#options.store.inserts && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH).filter(({ isAbandoned }) => !isAbandoned)
      if (batch.length > 0) this.#storeBatch(batch)
    }
  }

  async #storeBatch(batch: readonly Waiting[]): Promise<void> {
    this.#batches++
    try {
      const ids = await this.#insert(batch.map(({ logout }) => logout))
      for (const [index, { stored }] of batch.entries()) stored(ids[index] as string)
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
    this.#batches--
    this.#startBatches()
  }
}
