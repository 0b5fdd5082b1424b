import type { Db, FetchOptions, JobAttempt } from 'pg-boss'
import type { Recalled } from './attempt.ts'
import { type Store, WRITE_MS } from './boss.ts'
import { type ClaimedJob, type ClaimedRow, readingClaimed, readLarge } from './claimed-rows.ts'
import { jweOf } from './entry.ts'
import { BACKLOG_EVERY, INTERACTIVE, type Lane, laneOf } from './lanes.ts'
import { CLAIM_S, QUEUE } from './queues.ts'
import { MAX_DATA_BYTES, scalar } from './stored-data.ts'

/** Time limit for a claim, in milliseconds: it grows with the backlog. */
const MAX_CLAIM_MS = 40_000
/** The most encrypted tokens that a worker holds, in characters; thousands of logouts with JWTs have less. */
const MAX_HELD = 33_554_432
/** The time in which a claim reads logouts of unusual size, in milliseconds. */
const LARGE_MS = 1_000
/** The most that the database keeps of an earlier attempt, in bytes. */
const MAX_OUTPUT_BYTES = 2_000
/** Someone else's row has violated a constraint. */
const UNIQUE_VIOLATION = '23505'

/** A heartbeat that is further ahead, in seconds, is from before the clock was set back. */
const AHEAD_S = 60
/** A tolerance, so that a slow response does not look like a clock that was set back, in milliseconds. */
const SET_BACK_MS = 5_000

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
  /** The time by which the database's clock is ahead of `performance.now()`, in milliseconds. */
  #clockAheadMs = Number.NEGATIVE_INFINITY

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
      if (left.length > 0) await this.#leave(left.map(({ id }) => id))
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
          if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) await this.#resetPolicies()
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

  /** Returns claims that there was no room for, as if they had not been made. */
  async #leave(ids: readonly string[]): Promise<void> {
    const { schema, within } = this.#store
    await within(WRITE_MS).executeSql(
      `UPDATE ${schema}.job SET state = 'retry', heartbeat_on = NULL, retry_count = greatest(retry_count - 1, 0),
        started_on = CASE WHEN retry_count > 0 THEN started_on END
      WHERE name = '${QUEUE}' AND id = ANY($1::uuid[]) AND state = 'active'`,
      [ids],
    )
  }

  /** Someone else's logouts may have a policy by which only one of them can be claimed; ours have none. */
  async #resetPolicies(): Promise<void> {
    const { schema, within } = this.#store
    await within(WRITE_MS).executeSql(
      `UPDATE ${schema}.job SET policy = 'standard' WHERE name = '${QUEUE}' AND state < 'active' AND policy <> 'standard'`,
    )
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

  /** Looks up the earlier attempts at a logout, and the database's time of this one. */
  async recall(id: string): Promise<Recalled | undefined> {
    const { schema, within } = this.#store
    const output = `CASE WHEN pg_column_size(output) <= ${MAX_OUTPUT_BYTES} THEN output END`
    try {
      const { rows } = await within(WRITE_MS).executeSql(
        `SELECT left(${scalar(`((${output})->'attempts')`)}, 20) AS attempts,
          left(${scalar(`((${output})->'refusals')`)}, 20) AS refusals,
          extract(epoch FROM started_on) * 1000 AS "startedOn"
        FROM ${schema}.job WHERE name = '${QUEUE}' AND id = $1`,
        [id],
      )
      const job = rows[0] as Record<'attempts' | 'refusals' | 'startedOn', unknown> | undefined
      return (
        job && {
          output: { attempts: Number(job.attempts), refusals: Number(job.refusals) },
          startedOn: new Date(Number(job.startedOn)),
        }
      )
    } catch {
      // Then it counts as not tried before, which costs an attempt.
      return undefined
    }
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

  /**
   * Frees the claims of crashed workers. pg-boss would do so as well, but with a dozen statements each time, and would
   * delay those logouts.
   *
   * @returns whether the database's clock was set back since the last time
   */
  async freeExpired(): Promise<boolean> {
    const { schema, within } = this.#store
    const { rows } = await within(WRITE_MS).executeSql(
      `WITH freed AS (
        UPDATE ${schema}.job SET state = 'retry', heartbeat_on = NULL, start_after = now()
        WHERE name = '${QUEUE}' AND id IN (
          SELECT id FROM ${schema}.job
          WHERE name = '${QUEUE}' AND state = 'active' AND NOT heartbeat_on
            BETWEEN now() - interval '${CLAIM_S} seconds' AND now() + interval '${AHEAD_S} seconds'
          LIMIT 1000 FOR UPDATE SKIP LOCKED
        )
      ) SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now`,
    )
    // The monotonic clock shows how far the database's clock should have advanced.
    const aheadMs = Number((rows[0] as { now: number | string }).now) - performance.now()
    const isSetBack = aheadMs < this.#clockAheadMs - SET_BACK_MS
    this.#clockAheadMs = aheadMs
    return isSetBack
  }

  /**
   * Keeps the claims from expiring. It never waits for a row, as pg-boss would: the settler locks the same rows at the
   * same time, in another order, and each could wait for the other. A row that is locked is about to be settled.
   */
  async touch(): Promise<void> {
    const jobs = [...this.#all.values()]
    if (jobs.length === 0) return
    const { schema, within } = this.#store
    await within(WRITE_MS).executeSql(
      `UPDATE ${schema}.job SET heartbeat_on = now() WHERE name = '${QUEUE}' AND id IN (
        SELECT id FROM ${schema}.job WHERE name = '${QUEUE}' AND id = ANY($1::uuid[]) AND state = 'active'
          AND id || ':' || retry_count = ANY($2::text[])
        FOR UPDATE SKIP LOCKED
      )`,
      [jobs.map(({ id }) => id), jobs.map(({ id, retryCount }) => `${id}:${retryCount}`)],
    )
  }
}

function sizeOf({ data }: ClaimedJob): number {
  return jweOf(data)?.length ?? 0
}
