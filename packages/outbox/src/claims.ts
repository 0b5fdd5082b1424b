import type { FetchOptions } from 'pg-boss'
import type { ClaimedJob, Recalled } from './attempt.ts'
import { type Store, WRITE_MS } from './boss.ts'
import type { JobData } from './entry.ts'
import { BACKLOG_EVERY, INTERACTIVE, type Lane, laneOf } from './lanes.ts'
import { CLAIM_S, QUEUE } from './queues.ts'

/** The longest that a claim may take, in milliseconds: it grows with the backlog. */
const MAX_CLAIM_MS = 40_000

/** The logouts that a worker has claimed: those that wait here to be started, in two lanes, and those in progress. */
export class Claims {
  readonly #store: Store
  /** Doubled when a claim takes longer: that may be a connection that was cut, or a backlog. */
  #limitMs = WRITE_MS
  /** Everything that is claimed, until it is settled. */
  readonly #all = new Map<string, ClaimedJob>()
  readonly #waiting: Record<Lane, ClaimedJob[]> = { interactive: [], backlog: [] }
  #started = 0

  constructor(store: Store) {
    this.#store = store
  }

  get size(): number {
    return this.#all.size
  }

  /** How many wait to be started. */
  get waiting(): number {
    return this.#waiting.interactive.length + this.#waiting.backlog.length
  }

  /** Whether fewer than half of `stock` wait here. */
  isLow(stock: number): boolean {
    return this.waiting < stock / 2
  }

  /**
   * Claims what is due, until about `stock` logouts wait here.
   *
   * @returns how many were claimed, and whether there may be more
   */
  async fill(stock: number): Promise<{ readonly claimed: number; readonly more: boolean }> {
    const { interactive, backlog } = this.#waiting
    if (backlog.length >= stock / 2) {
      // Only what goes before it is of interest.
      const room = stock - interactive.length
      return { claimed: room > 0 ? await this.#claim({ batchSize: room, minPriority: INTERACTIVE }) : 0, more: false }
    }
    const room = stock - this.waiting
    const claimed = room > 0 ? await this.#claim({ batchSize: room }) : 0
    if (claimed < room || backlog.length > 0) return { claimed, more: claimed === room }
    // Enough are interactive that nothing of the backlog was claimed.
    const share = Math.ceil(stock / BACKLOG_EVERY)
    return { claimed: claimed + (await this.#claim({ batchSize: share, maxPriority: INTERACTIVE - 1 })), more: true }
  }

  /** Claims logouts that are not due yet. */
  sweep(batchSize: number): Promise<number> {
    return this.#claim({ batchSize, ignoreStartAfter: true })
  }

  async #claim(options: FetchOptions): Promise<number> {
    const jobs = await this.#fetch(options)
    for (const job of jobs) {
      this.#all.set(job.id, job)
      this.#waiting[laneOf(job.data)].push(job)
    }
    return jobs.length
  }

  async #fetch(options: FetchOptions): Promise<ClaimedJob[]> {
    const { boss, within } = this.#store
    const startedAt = performance.now()
    try {
      const jobs = await boss.fetch<JobData>(QUEUE, { ...options, db: within(this.#limitMs) })
      if (performance.now() - startedAt < WRITE_MS / 2) this.#limitMs = WRITE_MS
      return jobs
    } catch (error) {
      if (performance.now() - startedAt >= this.#limitMs) this.#limitMs = Math.min(this.#limitMs * 2, MAX_CLAIM_MS)
      throw error
    }
  }

  /** Takes the next logout to start: an interactive one, or now and then one of the backlog. */
  next(): ClaimedJob | undefined {
    const { interactive, backlog } = this.#waiting
    const isTurnOfBacklog = this.#started % BACKLOG_EVERY === BACKLOG_EVERY - 1
    const lanes = isTurnOfBacklog ? [backlog, interactive] : [interactive, backlog]
    const job = lanes.find((lane) => lane.length > 0)?.shift()
    if (job) this.#started++
    return job
  }

  /** Looks up the earlier attempts at a logout, and the database's time of this one. */
  async recall(id: string): Promise<Recalled | undefined> {
    try {
      const [job] = await this.#store.boss.findJobs(QUEUE, { id, db: this.#store.within(WRITE_MS) })
      // The application may have told pg to make something else of times than a Date.
      return job && { output: job.output, startedOn: new Date(job.startedOn) }
    } catch {
      // Then it counts as not tried before, which costs an attempt.
      return undefined
    }
  }

  /** Takes every logout that is not started. */
  takeWaiting(): ClaimedJob[] {
    return [...this.#waiting.interactive.splice(0), ...this.#waiting.backlog.splice(0)]
  }

  /** Forgets a logout that is settled. */
  settled({ id }: { readonly id: string }): void {
    this.#all.delete(id)
  }

  /**
   * Frees what crashed workers had claimed. pg-boss would do so as well, with a dozen statements each time, and make those
   * logouts wait on top.
   */
  async freeExpired(): Promise<void> {
    const { schema, within } = this.#store
    await within(WRITE_MS).executeSql(
      `UPDATE ${schema}.job SET state = 'retry', heartbeat_on = NULL, start_after = now()
      WHERE name = '${QUEUE}' AND id IN (
        SELECT id FROM ${schema}.job
        WHERE name = '${QUEUE}' AND state = 'active' AND heartbeat_on < now() - interval '${CLAIM_S} seconds'
        LIMIT 1000 FOR UPDATE SKIP LOCKED
      )`,
    )
  }

  /** Keeps the claims from expiring. */
  async touch(): Promise<void> {
    const jobs = [...this.#all.values()]
    if (jobs.length > 0) await this.#store.boss.touch(QUEUE, jobs, { db: this.#store.within(WRITE_MS) })
  }
}
