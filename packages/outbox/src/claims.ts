import type { Db, FetchOptions, JobAttempt } from 'pg-boss'
import { type Store, WRITE_MS } from './boss.ts'
import { keepClaims, leaveClaims, resetPolicies } from './claim-statements.ts'
import { type ClaimedJob, type ClaimedRow, readingClaimed, readLarge } from './claimed-rows.ts'
import { jweOf } from './entry.ts'
import { BACKLOG_EVERY, INTERACTIVE, type Lane, laneOf } from './lanes.ts'
import { QUEUE } from './queues.ts'
import { MAX_DATA_BYTES } from './stored-data.ts'

/** Time limit for a claim, in milliseconds: it grows with the backlog. */
const MAX_CLAIM_MS = 40_000
/** The most encrypted tokens that a worker holds, in characters; thousands of logouts with JWTs have less. */
const MAX_HELD = 33_554_432
/** The time in which a claim reads logouts of unusual size, in milliseconds. */
const LARGE_MS = 1_000
/** Someone else's row has violated a constraint. */
const UNIQUE_VIOLATION = '23505'

/** The logouts that a worker has claimed: those that wait here to be started, in two lanes, and those in progress. */
export class Claims {
  readonly #store: Store
  /** Doubled when a claim takes longer, because of a broken connection or a backlog. */
  #limitMs = WRITE_MS
  /** All claimed logouts, until they are settled. */
  readonly #all = new Map<string, ClaimedJob>()
  /** The size of their encrypted tokens, in characters. */
  #held = 0
  readonly #waiting: Record<Lane, ClaimedJob[]> = { interactive: [], backlog: [] }
  #started = 0

  constructor(store: Store) {
    this.#store = store
  }

  get size(): number {
    return this.#all.size
  }

  /** The number of logouts that wait to be started. */
  get waiting(): number {
    return this.#waiting.interactive.length + this.#waiting.backlog.length
  }

  /** True if fewer than half of `stock` wait here, and there is room for more. */
  isLow(stock: number): boolean {
    return this.waiting < stock / 2 && this.#room >= MAX_DATA_BYTES
  }

  get #room(): number {
    return MAX_HELD - this.#held
  }

  /**
   * Claims due logouts, until about `stock` of them wait here.
   *
   * @returns how many were claimed, and whether there may be more
   */
  async fill(stock: number): Promise<{ readonly claimed: number; readonly more: boolean }> {
    const { backlog } = this.#waiting
    // Only earlier jobs matter.
    if (backlog.length >= stock / 2) return this.fillInteractive(stock)
    const room = stock - this.waiting
    const claimed = room > 0 ? await this.#claim({ batchSize: room }) : 0
    if (claimed < room || backlog.length > 0) return { claimed, more: claimed === room }
    // Enough are interactive that nothing of the backlog was claimed.
    const share = Math.ceil(stock / BACKLOG_EVERY)
    return { claimed: claimed + (await this.#claim({ batchSize: share, maxPriority: INTERACTIVE - 1 })), more: true }
  }

  /** Claims logouts that users wait for, until about `stock` of them wait here. */
  async fillInteractive(stock: number): Promise<{ readonly claimed: number; readonly more: boolean }> {
    const room = stock - this.#waiting.interactive.length
    return { claimed: room > 0 ? await this.#claim({ batchSize: room, minPriority: INTERACTIVE }) : 0, more: false }
  }

  /** Claims logouts that are not due yet. */
  sweep(batchSize: number): Promise<number> {
    return this.#claim({ batchSize, ignoreStartAfter: true })
  }

  async #claim(options: FetchOptions): Promise<number> {
    if (this.#room < MAX_DATA_BYTES) return 0
    const rows = await this.#fetch(options)
    const large = rows.filter(({ isUnread }) => isUnread)
    for (const row of rows) if (!row.isUnread) this.#add(row)
    const left = large.length > 0 ? await this.#addLarge(large) : 0
    return rows.length - left
  }

  #add(job: ClaimedJob): void {
    this.settled(job)
    this.#all.set(job.id, job)
    this.#held += sizeOf(job)
    this.#waiting[laneOf(job.data)].push(job)
  }

  /** Reads logouts of unusual size one by one, as long as there is room and time. Returns the number of the others. */
  async #addLarge(rows: readonly ClaimedRow[]): Promise<number> {
    const { schema, within } = this.#store
    const endAt = performance.now() + LARGE_MS
    const left = [...rows]
    try {
      while (left[0] && this.#room >= MAX_DATA_BYTES && performance.now() < endAt) {
        this.#add(await readLarge(within(WRITE_MS), schema, left[0]))
        left.shift()
      }
    } finally {
      if (left.length > 0) await leaveClaims(this.#store, left)
    }
    return left.length
  }

  async #fetch(options: FetchOptions): Promise<readonly ClaimedRow[]> {
    const startedAt = performance.now()
    const statements = this.#store.within(this.#limitMs)
    const db: Db = {
      executeSql: async (text, values) => {
        try {
          return await statements.executeSql(readingClaimed(text), values)
        } catch (error) {
          // pg-boss takes it for an empty queue.
          if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) await resetPolicies(this.#store)
          throw error
        }
      },
    }
    try {
      const rows: readonly JobAttempt[] = await this.#store.boss.fetch(QUEUE, { ...options, db })
      if (performance.now() - startedAt < WRITE_MS / 2) this.#limitMs = WRITE_MS
      return rows as readonly ClaimedRow[]
    } catch (error) {
      if (performance.now() - startedAt >= this.#limitMs) this.#limitMs = Math.min(this.#limitMs * 2, MAX_CLAIM_MS)
      throw error
    }
  }

  /** Removes and returns the next logout to start: an interactive one, or at intervals one of the backlog. */
  next(): ClaimedJob | undefined {
    const { interactive, backlog } = this.#waiting
    const isTurnOfBacklog = this.#started % BACKLOG_EVERY === BACKLOG_EVERY - 1
    const lanes = isTurnOfBacklog ? [backlog, interactive] : [interactive, backlog]
    const job = lanes.find((lane) => lane.length > 0)?.shift()
    if (job) this.#started++
    return job
  }

  /** Removes and returns every logout that is not started. */
  takeWaiting(): ClaimedJob[] {
    return [...this.#waiting.interactive.splice(0), ...this.#waiting.backlog.splice(0)]
  }

  /** Removes a settled logout. */
  settled({ id }: { readonly id: string }): void {
    const job = this.#all.get(id)
    if (job) this.#held -= sizeOf(job)
    this.#all.delete(id)
  }

  /** Keeps the claims from expiring. */
  touch(): Promise<void> {
    return keepClaims(this.#store, [...this.#all.values()])
  }
}

function sizeOf({ data }: ClaimedJob): number {
  return jweOf(data)?.length ?? 0
}
