import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db, PgBoss } from 'pg-boss'
import { type JobData, type ReadTokens, sealEntry } from './entry.ts'
import { type OutboxError, storeError } from './errors.ts'
import type { Keyring } from './keyring.ts'
import { QUEUE } from './queues.ts'

interface Waiting {
  readonly tokens: ReadTokens
  readonly stored: (id: string) => void
  readonly failed: (error: OutboxError) => void
}

interface NewJob {
  readonly id: string
  readonly data: JobData
}

/** What an {@link Adder} is made of. */
export interface AdderOptions {
  readonly boss: PgBoss
  readonly keyring: Keyring
  /** How long to go on trying while the database cannot be reached. */
  readonly timeoutMs: number
  /** How many statements may be under way at once. */
  readonly inserts: number
  /** So many became durable. */
  readonly added: (count: number) => void
}

/** At most so many go into one statement. */
export const MAX_BATCH = 500

/**
 * Stores logouts. Those that come while others are being stored wait for each other and then go together, in one
 * statement and one commit; so many callers at once are served as fast as one with a list.
 */
export class Adder {
  readonly #options: AdderOptions
  readonly #waiting: Waiting[] = []
  readonly #onIdle: (() => void)[] = []
  /** Statements for those that wait for each other, */
  #running = 0
  /** and all statements. */
  #underWay = 0

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
    this.#underWay++
    try {
      return await this.#insert(list)
    } finally {
      this.#underWay--
      if (this.#underWay === 0 && this.#waiting.length === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
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
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  #seal(list: readonly ReadTokens[]): NewJob[] {
    const { keyring } = this.#options
    // The id is made here and not in the database, so that storing twice stores once.
    return list.map(({ about, secret }) => ({ id: randomUUID(), data: sealEntry(keyring, about, secret) }))
  }

  #start(): void {
    while (this.#running < this.#options.inserts && this.#waiting.length > 0) {
      this.#running++
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
    this.#running--
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
