import { setTimeout as sleep } from 'node:timers/promises'
import type { JobAttempt } from 'pg-boss'
import { type Store, WRITE_MS } from './boss.ts'
import type { JobData } from './entry.ts'
import type { OnOutboxEvent, OutboxEvent } from './events.ts'
import type { History, Reason } from './outcome.ts'
import { DEAD, QUEUE } from './queues.ts'
import { storeErrorEvent } from './store-error-event.ts'

/** Next step for a job after an attempt. */
export type Settlement = {
  readonly job: JobAttempt
  /** Emitted when the settlement is stored. */
  readonly event?: OutboxEvent
} & (
  | { readonly kind: 'done' }
  | { readonly kind: 'dead'; readonly data: object; readonly reason: Reason; readonly history: History }
  /** Back into the queue; with `data`, with other data than before. */
  | { readonly kind: 'again'; readonly output: object | null; readonly data?: JobData | undefined }
)

/** The maximum number of settlements in one statement. */
const MAX_BATCH = 500
/**
 * The time that a settlement waits for others, in milliseconds: one statement for many costs little more than for one.
 */
const GATHER_MS = 20
/** The delay before a retry after the database failed, in milliseconds. */
const RETRY_MS = 500

/**
 * Stores the settlements of jobs, in batches: those that arrive while the previous batch is being stored form the next
 * one. Each step can be repeated, so the database may fail at any point. A job that another worker has claimed in the
 * meantime is not changed.
 */
export class Settler {
  readonly #store: Store
  readonly #emit: OnOutboxEvent
  readonly #settled: (settlement: Settlement) => void
  #waiting: Settlement[] = []
  #running: Promise<void> | undefined
  #finishing = false
  #givenUp = false

  constructor(store: Store, emit: OnOutboxEvent, settled: (settlement: Settlement) => void) {
    this.#store = store
    this.#emit = emit
    this.#settled = settled
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement)
    this.#running ??= this.#run()
  }

  /** Resolves when everything is stored, or after `ms`; unstored ones are claimed and tried again later. */
  async finish(ms: number): Promise<void> {
    this.#finishing = true
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, ms)
    await Promise.race([this.#running, late.promise])
    clearTimeout(timer)
    this.#givenUp = true
  }

  async #run(): Promise<void> {
    await this.#gather()
    while (this.#waiting.length > 0) {
      // In one order, so that workers that settle the same jobs do not wait for each other's rows in a circle.
      const batch = this.#waiting.splice(0, MAX_BATCH).sort((one, other) => (one.job.id < other.job.id ? -1 : 1))
      while (!this.#givenUp) {
        try {
          await this.#write(batch)
          break
        } catch (error) {
          this.#emit(storeErrorEvent('Settling logouts', error))
          await sleep(RETRY_MS)
        }
      }
      for (const settlement of batch) {
        this.#settled(settlement)
        if (settlement.event && !this.#givenUp) this.#emit(settlement.event)
      }
      await this.#gather()
    }
    this.#running = undefined
  }

  async #gather(): Promise<void> {
    if (!this.#finishing && this.#waiting.length < MAX_BATCH / 2) await sleep(GATHER_MS)
  }

  async #write(batch: readonly Settlement[]): Promise<void> {
    const { boss } = this.#store
    const options = { db: this.#store.within(WRITE_MS) }
    const dead = batch.filter((settlement) => settlement.kind === 'dead')
    if (dead.length > 0) {
      // Inserted before it is deleted, and with its id, so that a second time changes nothing.
      const letters = dead.map(({ job, data, reason, history }) => ({
        id: job.id,
        data: { ...data, reason, attempts: history.attempts },
      }))
      await boss.insert(DEAD, letters, options)
    }
    const over = batch.filter(({ kind }) => kind !== 'again')
    if (over.length > 0)
      await boss.deleteJob(
        QUEUE,
        over.map(({ job }) => job),
        options,
      )

    const again = batch.filter((settlement) => settlement.kind === 'again')
    for (const group of Map.groupBy(again, ({ output }) => JSON.stringify(output)).values()) {
      await boss.fail(
        QUEUE,
        group.map(({ job }) => job),
        group[0]?.output,
        options,
      )
    }
    for (const { job, data } of again) {
      // If another worker has already claimed it, that worker revokes the revoked tokens again, which is harmless.
      if (data) await boss.update(QUEUE, data, { ...options, id: job.id })
    }
  }
}
