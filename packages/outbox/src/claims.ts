import type { ClaimedJob } from './attempt.ts'
import { type Store, WRITE_MS } from './boss.ts'
import type { JobData } from './entry.ts'
import { QUEUE } from './queues.ts'

/** The longest that a claim may take, in milliseconds: it grows with the backlog. */
const MAX_CLAIM_MS = 40_000

/** The logouts that a worker has claimed: those that wait here to be started, and those in progress. */
export class Claims {
  readonly #store: Store
  /** Doubled when a claim takes longer: that may be a connection that was cut, or a backlog. */
  #limitMs = WRITE_MS
  /** Everything that is claimed, until it is settled. */
  readonly #all = new Map<string, ClaimedJob>()
  readonly #waiting: ClaimedJob[] = []

  constructor(store: Store) {
    this.#store = store
  }

  get size(): number {
    return this.#all.size
  }

  /** How many wait to be started. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Claims logouts that are due, or with `ignoreStartAfter` any others, and returns how many. */
  async claim(batchSize: number, ignoreStartAfter = false): Promise<number> {
    const jobs = await this.#fetch(batchSize, ignoreStartAfter)
    for (const job of jobs) this.#all.set(job.id, job)
    this.#waiting.push(...jobs)
    return jobs.length
  }

  async #fetch(batchSize: number, ignoreStartAfter: boolean): Promise<ClaimedJob[]> {
    const { boss, within } = this.#store
    const startedAt = performance.now()
    try {
      const jobs = await boss.fetch<JobData>(QUEUE, { batchSize, ignoreStartAfter, db: within(this.#limitMs) })
      if (performance.now() - startedAt < WRITE_MS / 2) this.#limitMs = WRITE_MS
      return jobs
    } catch (error) {
      if (performance.now() - startedAt >= this.#limitMs) this.#limitMs = Math.min(this.#limitMs * 2, MAX_CLAIM_MS)
      throw error
    }
  }

  /** Takes the next logout to start. */
  next(): ClaimedJob | undefined {
    return this.#waiting.shift()
  }

  /** Takes every logout that is not started. */
  takeWaiting(): ClaimedJob[] {
    return this.#waiting.splice(0)
  }

  /** Forgets a logout that is settled. */
  settled({ id }: { readonly id: string }): void {
    this.#all.delete(id)
  }

  /** Keeps the claims from expiring. */
  async touch(): Promise<void> {
    const jobs = [...this.#all.values()]
    if (jobs.length > 0) await this.#store.boss.touch(QUEUE, jobs, { db: this.#store.within(WRITE_MS) })
  }
}
