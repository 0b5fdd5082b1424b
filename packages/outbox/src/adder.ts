import { randomUUID } from 'node:crypto'
import { outlastOutage, type TimedCall, TimedCalls } from '@backend-logout/private-store'
import type { Db } from 'pg-boss'
import { type Store, WRITE_MS } from './boss.ts'
import type { EntrySealer, JobData } from './entry.ts'
import { storeError } from './errors.ts'
import { type Lane, priorityOf } from './lanes.ts'
import { QUEUE } from './queues.ts'
import { listTokens, type OutboxRevocations } from './revocation-list.ts'
import type { ReadTokens } from './tokens.ts'
import type { OutboxTransaction } from './transaction.ts'

/** A logout to store. */
export interface NewLogout extends ReadTokens {
  readonly lane: Lane
}

interface Waiting {
  readonly logout: NewLogout
  readonly call: TimedCall
  readonly stored: (id: string) => void
  readonly failed: (error: unknown) => void
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
  readonly revocations?: OutboxRevocations | undefined
  /** Time limit of a call, including the list of revoked tokens, in milliseconds; with 0, it is tried once. */
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
  readonly #calls: TimedCalls
  #batches = 0

  constructor(options: AdderOptions) {
    this.#options = options
    this.#calls = new TimedCalls(options.timeoutMs, WRITE_MS)
  }

  /** Stores one, and resolves to its id when it is durable. */
  add(logout: NewLogout): Promise<string> {
    return this.#inTime(async (call) => {
      await this.#list([logout], call)
      return new Promise((stored, failed) => {
        this.#waiting.push({ logout, call, stored, failed })
        this.#startBatches()
      })
    })
  }

  /** Stores a list, in one statement, and resolves to the ids when it is durable. */
  insert(list: readonly NewLogout[]): Promise<string[]> {
    return this.#inTime(async (call) => {
      await this.#list(list, call)
      return this.#insert(list, call.giveUpAt)
    })
  }

  /** Stores a list in the caller's own transaction; `db` runs statements in it. */
  insertInto(db: Db, list: readonly NewLogout[], transaction: OutboxTransaction): Promise<string[]> {
    return this.#inTime(async (call) => {
      await this.#list(list, call, transaction)
      const jobs = this.#seal(list)
      await this.#options.store.boss.insert(QUEUE, jobs, { db })
      return jobs.map(({ id }) => id)
    })
  }

  /** Resolves when every call has ended, at the latest after `ms` milliseconds: then those that still wait reject. */
  settle(ms: number): Promise<void> {
    return this.#calls.settle(ms)
  }

  /** Ends a call in time, whatever the database does. */
  async #inTime<T>(store: (call: TimedCall) => Promise<T>): Promise<T> {
    try {
      return await this.#calls.run(store)
    } catch (error) {
      throw storeError('Storing the logout', error)
    }
  }

  /**
   * Puts logouts on the list of revoked tokens. This comes first, because an entry without its logout is harmless,
   * while a logout without its entry would leave a token in use.
   */
  async #list(list: readonly NewLogout[], call: TimedCall, transaction?: OutboxTransaction): Promise<void> {
    const { revocations } = this.#options
    if (!revocations) return
    await listTokens(revocations, list, transaction, call.giveUpAt)
    if (call.isAbandoned) throw new Error('the list did not answer in time')
  }

  async #insert(list: readonly NewLogout[], giveUpAt: number): Promise<string[]> {
    const { store, timeoutMs, added } = this.#options
    const jobs = this.#seal(list)
    // Short enough for another attempt, on another connection, if the first one was cut silently.
    const attemptMs = Math.min(WRITE_MS, timeoutMs * 0.4)
    let isRepeated = false
    await outlastOutage(giveUpAt, async () => {
      const ms = timeoutMs ? Math.max(1, Math.min(giveUpAt - performance.now(), attemptMs)) : WRITE_MS
      const db = store.durably(ms)
      // After a broken connection, it is unknown whether the statement took effect; with the same ids, that does not
      // matter.
      const mayBeStored = isRepeated
      isRepeated = true
      await store.boss.insert(QUEUE, jobs, { db })
      // Then this commit has written nothing, and waited for no standby. One that writes also waits for those before it.
      if (mayBeStored) await db.executeSql(`SELECT pg_logical_emit_message(true, 'backend-logout', '')`)
    })
    added(jobs.length)
    return jobs.map(({ id }) => id)
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
      const batch = this.#waiting.splice(0, MAX_BATCH).filter(({ call }) => !call.isAbandoned)
      if (batch.length > 0) this.#storeBatch(batch)
    }
  }

  async #storeBatch(batch: readonly Waiting[]): Promise<void> {
    this.#batches++
    try {
      const giveUpAt = Math.max(...batch.map(({ call }) => call.giveUpAt))
      const ids = await this.#insert(
        batch.map(({ logout }) => logout),
        giveUpAt,
      )
      for (const [index, { stored }] of batch.entries()) stored(ids[index] as string)
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
    this.#batches--
    this.#startBatches()
  }
}
