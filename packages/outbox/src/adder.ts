import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db, PgBoss } from 'pg-boss'
import type { EntrySealer, JobData } from './entry.ts'
import { type OutboxError, storeError } from './errors.ts'
import { QUEUE } from './queues.ts'
import type { ReadTokens } from './tokens.ts'

interface Waiting {
  readonly tokens: ReadTokens
  readonly stored: (id: string) => void
  readonly failed: (error: OutboxError) => void
}

interface NewJob {
  readonly id: string
  readonly data: JobData
}

/** Options of an {@link Adder}. */
export interface AdderOptions {
  readonly boss: PgBoss
  readonly sealer: EntrySealer
  /** How long to retry while the database cannot be reached, in milliseconds. */
  readonly timeoutMs: number
  /** How many statements may be in progress at the same time. */
  readonly inserts: number
  /** Called with the number of logouts that became durable. */
  readonly added: (count: number) => void
}

/** The most logouts in one statement. */
export const MAX_BATCH = 500

/**
 * Stores logouts. Those that come while others are being stored form one batch, with one statement and one commit; so
 * many callers are served as fast as a single one with a list.
 */
export class Adder {
  readonly #options: AdderOptions
  readonly #waiting: Waiting[] = []
  readonly #onIdle: (() => void)[] = []
  /** Statements in progress for batches. */
  #batches = 0
  /** Statements in progress for batches and for lists. */
  #inProgress = 0

  constructor(options: AdderOptions) {
    this.#options = options
  }

  /** Stores one, and resolves to its id when it is durable. */
  add(tokens: ReadTokens): Promise<string> {
    return new Promise((stored, failed) => {
      this.#waiting.push({ tokens, stored, failed })
      this.#start()
    })
  }

  /** Stores a list, in one statement, and resolves to the ids when it is durable. */
  async insert(list: readonly ReadTokens[]): Promise<string[]> {
    this.#inProgress++
    try {
      return await this.#insert(list)
    } finally {
      this.#inProgress--
      if (this.#inProgress === 0 && this.#waiting.length === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
    }
  }

  async #insert(list: readonly ReadTokens[]): Promise<string[]> {
    const { boss, timeoutMs, added } = this.#options
    const jobs = this.#seal(list)
    const giveUpAt = performance.now() + timeoutMs
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
      try {
        await boss.insert(QUEUE, jobs)
        added(jobs.length)
        return jobs.map(({ id }) => id)
      } catch (error) {
        // A broken connection leaves open whether the statement was carried out; with the same ids that does not matter.
        if (!isOutage(error) || performance.now() + delayMs > giveUpAt) throw storeError('Storing the logout', error)
        await sleep(delayMs)
      }
    }
  }

  /** Stores a list in the caller's own transaction. */
  async insertInto(db: Db, list: readonly ReadTokens[]): Promise<string[]> {
    const jobs = this.#seal(list)
    try {
      await this.#options.boss.insert(QUEUE, jobs, { db })
      return jobs.map(({ id }) => id)
    } catch (error) {
      throw storeError('Storing the logout', error)
    }
  }

  /** Resolves when everything that was handed in is stored, or has failed. */
  async settle(): Promise<void> {
    if (this.#inProgress > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  #seal(list: readonly ReadTokens[]): NewJob[] {
    return list.map(({ about, secret }) => {
      // The id is created here and not in the database, so that storing twice stores once.
      const id = randomUUID()
      return { id, data: this.#options.sealer.seal(id, about, secret) }
    })
  }

  #start(): void {
    while (this.#batches < this.#options.inserts && this.#waiting.length > 0) {
      this.#batches++
      this.#store(this.#waiting.splice(0, MAX_BATCH))
    }
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    try {
      const ids = await this.insert(batch.map(({ tokens }) => tokens))
      for (const [index, { stored }] of batch.entries()) stored(ids[index] as string)
    } catch (error) {
      for (const { failed } of batch) failed(error as OutboxError)
    }
    this.#batches--
    this.#start()
  }
}

/** Errors of the connection, and of a server that is going down or coming up. */
const OUTAGE = /^(?:E[A-Z]+|08...|57P0[1-5]|53300)$/

function isOutage(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return OUTAGE.test(code)
  return typeof message === 'string' && /connection (?:terminated|ended|timeout)|timeout exceeded/i.test(message)
}
