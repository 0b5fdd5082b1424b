import { setTimeout as sleep } from 'node:timers/promises'
import type { JobAttempt, PgBoss } from 'pg-boss'
import type { JobData } from './entry.ts'
import { storeError } from './errors.ts'
import type { OnOutboxEvent, OutboxEvent } from './events.ts'
import type { History, Reason } from './fate.ts'
import { DEAD, QUEUE } from './queues.ts'

/** What is to be done with a job that was worked on. */
export type Settlement = {
  readonly job: JobAttempt
  /** Told when it is done. */
  readonly event?: OutboxEvent
} & (
  | { readonly kind: 'done' }
  | { readonly kind: 'dead'; readonly data: JobData; readonly reason: Reason; readonly history: History }
  /** Back into the queue; with `data`, something else than before. */
  | { readonly kind: 'again'; readonly output: object | null; readonly data?: JobData | undefined }
)

/** What a job among the dead letters holds. */
export interface DeadData extends JobData {
  readonly reason: Reason
  readonly attempts: number
}

/** At most so many go into one statement. */
const MAX_BATCH = 500
/** What is done waits so long for others, in milliseconds: one statement for many costs little more than one for one. */
const GATHER_MS = 20
/** How long it waits before it tries again after the database refused, in milliseconds. */
const RETRY_MS = 500

/**
 * Writes down what became of jobs: as many at once as there are while the previous ones are being written. Each step
 * may be repeated, so the database may fail at any point; and a job that went to somebody else in the meantime is left
 * alone.
 */
export class Settler {
  readonly #boss: PgBoss
  readonly #tell: OnOutboxEvent
  readonly #settled: (settlement: Settlement) => void
  #waiting: Settlement[] = []
  #running: Promise<void> | undefined
  #finishing = false
  #givenUp = false

  constructor(boss: PgBoss, tell: OnOutboxEvent, settled: (settlement: Settlement) => void) {
    this.#boss = boss
    this.#tell = tell
    this.#settled = settled
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement)
    this.#running ??= this.#run()
  }

  /** Resolves when everything is written, or when that did not succeed for `ms`: then it will be done once more. */
  async finish(ms: number): Promise<void> {
    this.#finishing = true
    const timer = setTimeout(() => (this.#givenUp = true), ms)
    await this.#running
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    await this.#gather()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH)
      while (!this.#givenUp) {
        try {
          await this.#write(batch)
          break
        } catch (error) {
          this.#tell({ type: 'store_error', message: storeError('Settling logouts', error).message })
          await sleep(RETRY_MS)
        }
      }
      for (const settlement of batch) {
        this.#settled(settlement)
        if (settlement.event && !this.#givenUp) this.#tell(settlement.event)
      }
      await this.#gather()
    }
    this.#running = undefined
  }

  async #gather(): Promise<void> {
    if (!this.#finishing && this.#waiting.length < MAX_BATCH / 2) await sleep(GATHER_MS)
  }

  async #write(batch: readonly Settlement[]): Promise<void> {
    const dead = batch.filter((settlement) => settlement.kind === 'dead')
    if (dead.length > 0) {
      // First there, then away from here. It keeps its id, so that a second time changes nothing.
      const letters = dead.map(({ job, data, reason, history }) => ({
        id: job.id,
        data: { ...data, reason, attempts: history.attempts } satisfies DeadData,
      }))
      await this.#boss.insert(DEAD, letters)
    }
    const over = batch.filter(({ kind }) => kind !== 'again')
    if (over.length > 0)
      await this.#boss.deleteJob(
        QUEUE,
        over.map(({ job }) => job),
      )

    const again = batch.filter((settlement) => settlement.kind === 'again')
    for (const group of Map.groupBy(again, ({ output }) => JSON.stringify(output)).values()) {
      await this.#boss.fail(
        QUEUE,
        group.map(({ job }) => job),
        group[0]?.output,
      )
    }
    for (const { job, data } of again) {
      // When somebody has it already, it is with the tokens that are done; to revoke them twice does no harm.
      if (data) await this.#boss.update(QUEUE, data, { id: job.id })
    }
  }
}
