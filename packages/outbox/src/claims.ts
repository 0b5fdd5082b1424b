import type { PgBoss } from 'pg-boss'
import type { ClaimedJob } from './attempt.ts'
import type { JobData } from './entry.ts'
import { QUEUE } from './queues.ts'

/** The logouts that a worker has claimed: those that wait here to be started, and those in progress. */
export class Claims {
  readonly #boss: PgBoss
  /** Everything that is claimed, until it is settled. */
  readonly #all = new Map<string, ClaimedJob>()
  readonly #waiting: ClaimedJob[] = []

  constructor(boss: PgBoss) {
    this.#boss = boss
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
    const jobs: ClaimedJob[] = await this.#boss.fetch<JobData>(QUEUE, { batchSize, ignoreStartAfter })
    for (const job of jobs) this.#all.set(job.id, job)
    this.#waiting.push(...jobs)
    return jobs.length
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
    if (jobs.length > 0) await this.#boss.touch(QUEUE, jobs)
  }
}
