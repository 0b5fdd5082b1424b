import type { Db } from 'pg-boss'
import { READ_MS, type Store } from './boss.ts'
import { readEntry } from './entry.ts'
import { OutboxError } from './errors.ts'
import type { IsPast } from './expiry.ts'
import { MAX_JWE_LENGTH } from './jwe.ts'
import type { DeadLetter, DeadLetterOptions } from './outbox.ts'
import { readCount, readReason } from './outcome.ts'
import { DEAD, QUEUE } from './queues.ts'
import { JWE, MAX_DATA_BYTES, scalar, WHOLE_DATA } from './stored-data.ts'

/** A row of the table, from any writer: only texts, with limited lengths. */
interface Row {
  readonly id: string
  /** The header of the JWE, up to the first dot. */
  readonly header: string | null
  readonly code: string | null
  readonly status: string | null
  readonly providerError: string | null
  readonly attempts: string | null
  /** In milliseconds since the epoch; not finite if the database has no such time. */
  readonly createdOn: string | number
}

const MAX_BATCH = 1000
/** The most encrypted tokens that one statement moves, in bytes. */
const MAX_MOVED_BYTES = 33_554_432

/** The dead letters of an outbox. */
export class DeadLetters {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Lists dead letters, oldest first.
   *
   * @throws OutboxError `invalid_argument` if `after` no longer exists
   */
  async list({ limit = MAX_BATCH, after }: DeadLetterOptions = {}): Promise<DeadLetter[]> {
    const from = `FROM ${this.#store.schema}.job WHERE name = '${DEAD}'`
    const beyond = after === undefined ? '' : `AND (created_on, id) > (SELECT created_on, id ${from} AND id = $2::uuid)`
    const rows = await this.#query<Row>(
      `SELECT id, split_part(left(${scalar("(data->'jwe')")}, 10000), '.', 1) AS header,
        left(${scalar("(data->'reason'->'code')")}, 100) AS code, left(${scalar("(data->'reason'->'status')")}, 10) AS status,
        left(${scalar("(data->'reason'->'providerError')")}, 200) AS "providerError",
        left(${scalar("(data->'attempts')")}, 20) AS attempts,
        extract(epoch FROM created_on) * 1000 AS "createdOn"
      FROM (
        SELECT id, created_on, CASE WHEN pg_column_size(data) <= ${MAX_DATA_BYTES} THEN data END AS data FROM (
          SELECT id, created_on, ${WHOLE_DATA} AS data FROM (
            SELECT id, created_on, data ${from} ${beyond} ORDER BY created_on, id LIMIT $1
          ) AS page OFFSET 0
        ) AS whole OFFSET 0
      ) AS letter ORDER BY created_on, id`,
      [limit, ...(after === undefined ? [] : [after])],
    )
    if (rows.length === 0 && after !== undefined) await this.#checkExists(after)
    return rows.map(readLetter)
  }

  /** Puts dead letters back into the queue, all current ones or some, and returns their number. */
  async retry(ids: readonly string[] | undefined): Promise<number> {
    // Those that become dead letters again in the meantime are left for the next call.
    const total = ids?.length ?? (await this.#count())
    let moved = 0
    for (let some = -1; moved < total && some !== 0; moved += some) {
      some = await this.#store.transaction((db) => this.#move(db, ids, Math.min(MAX_BATCH, total - moved)))
    }
    return moved
  }

  /** Deletes dead letters whose tokens have all expired. */
  async dropExpired(isPast: IsPast): Promise<void> {
    const now = new Date()
    const gone: string[] = []
    for (let after: string | undefined; ; ) {
      const letters = await this.list({ after })
      for (const { id, tokens } of letters) {
        if (tokens.length > 0 && tokens.every(({ expiresAt }) => isPast(expiresAt.getTime(), now))) gone.push(id)
      }
      after = letters.at(-1)?.id
      if (letters.length < MAX_BATCH) break
    }
    // Only now, because the last letter of a page leads to the next page.
    const { boss, within } = this.#store
    while (gone.length > 0) await boss.deleteJob(DEAD, gone.splice(0, MAX_BATCH), { db: within(READ_MS) })
  }

  /**
   * A letter keeps its id, to which its tokens are bound. A row without a valid logout stays unchanged, and so does one
   * whose logout is still in the queue, because a worker is about to delete it there.
   */
  async #move(db: Db, ids: readonly string[] | undefined, limit: number): Promise<number> {
    const { boss, schema } = this.#store
    const { rows } = await db.executeSql(
      `SELECT id, jwe FROM (
        SELECT id, jwe, sum(octet_length(jwe)) OVER (ORDER BY created_on, id) AS bytes FROM (
          SELECT id, created_on, data->>'jwe' AS jwe FROM ${schema}.job AS dead
          WHERE name = '${DEAD}' AND length(${JWE}) <= ${MAX_JWE_LENGTH} ${ids ? 'AND id = ANY($2::uuid[])' : ''}
            AND NOT EXISTS (SELECT FROM ${schema}.job AS queued WHERE queued.name = '${QUEUE}' AND queued.id = dead.id)
          ORDER BY created_on, id LIMIT $1 FOR UPDATE SKIP LOCKED
        ) AS letter
      ) AS summed WHERE bytes <= ${MAX_MOVED_BYTES}`,
      [limit, ...(ids ? [ids] : [])],
    )
    const letters = rows as { id: string; jwe: string }[]
    if (letters.length === 0) return 0
    const jobs = letters.map(({ id, jwe }) => ({ id, data: { jwe } }))
    const moved = (await boss.insert(QUEUE, jobs, { db, returnId: true })) ?? []
    if (moved.length > 0) await boss.deleteJob(DEAD, moved, { db })
    return moved.length
  }

  async #count(): Promise<number> {
    const [row] = await this.#query<{ count: number | string }>(
      `SELECT count(*) AS count FROM ${this.#store.schema}.job WHERE name = '${DEAD}'`,
    )
    return Number(row?.count)
  }

  async #checkExists(id: string): Promise<void> {
    const rows = await this.#query(`SELECT 1 FROM ${this.#store.schema}.job WHERE name = '${DEAD}' AND id = $1::uuid`, [
      id,
    ])
    if (rows.length === 0) throw new OutboxError('invalid_argument', 'after must be the id of a dead letter.')
  }

  async #query<R>(statement: string, values?: unknown[]): Promise<R[]> {
    return (await this.#store.within(READ_MS).executeSql(statement, values)).rows as R[]
  }
}

function readLetter({ id, header, code, status, providerError, attempts, createdOn }: Row): DeadLetter {
  const about = readEntry(`${header}.`)
  return {
    id,
    tokens: (about?.tokens ?? []).map((token) => ({ ...token, expiresAt: new Date(token.expiresAt) })),
    reason: readReason({ code, status: Number(status ?? Number.NaN), providerError }),
    attempts: readCount(Number(attempts)),
    ...(about && { addedAt: new Date(about.addedAt) }),
    deadAt: readTime(Number(createdOn)),
  }
}

/** The database has times that are no `Date`, such as `infinity`. */
function readTime(ms: number): Date {
  const time = new Date(ms)
  return Number.isNaN(time.getTime()) ? new Date(0) : time
}

/** Recognizes the id of a logout. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)
}
