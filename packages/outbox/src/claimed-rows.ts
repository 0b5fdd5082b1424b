import type { Db, JobAttempt } from 'pg-boss'
import { QUEUE } from './queues.ts'
import { isPlain, JWE, scalar, WHOLE_DATA } from './stored-data.ts'

/** A claimed logout. Its data may be anything that someone has written into the database, up to a limit. */
export interface ClaimedJob extends JobAttempt {
  readonly data: unknown
  /** True if its data was larger than that of any logout, and is replaced. */
  readonly isTooLarge?: boolean
}

/** A row that {@link readingClaimed} returns. */
export interface ClaimedRow extends JobAttempt {
  readonly data: unknown
  /** True if the data was not read yet, because of its size, or because its text is far longer than that. */
  readonly isUnread: boolean
}

/** The size up to which data is read with the claim, in bytes; JWTs hardly ever have more. */
const ORDINARY_BYTES = 16_384

/** Lets a statement of pg-boss that claims logouts return data only if it has an ordinary size. */
export function readingClaimed(claim: string): string {
  // With OFFSET 0, Postgres decompresses and checks the data only once.
  return `WITH claimed AS (${claim})
    SELECT id, "retryCount", "hasData" AND data IS NULL AS "isUnread", data
    FROM (
      SELECT id, "retryCount", "hasData",
        CASE WHEN pg_column_size(data) <= ${ORDINARY_BYTES} AND ${isPlain('data')} THEN data END AS data
      FROM (
        SELECT id, "retryCount", data IS NOT NULL AS "hasData",
          CASE WHEN pg_column_size(data) <= ${ORDINARY_BYTES} THEN data #> '{}' END AS data
        FROM claimed OFFSET 0
      ) AS whole OFFSET 0
    ) AS plain`
}

/** Reads a claimed logout whose data was not read with the claim. */
export async function readLarge(db: Db, schema: string, { id, retryCount }: JobAttempt): Promise<ClaimedJob> {
  const { rows } = await db.executeSql(
    `SELECT ${JWE} AS jwe, CASE WHEN ${JWE} IS NOT NULL THEN left(${scalar("(data->'lane')")}, 20) END AS lane
    FROM (SELECT ${WHOLE_DATA} AS data FROM ${schema}.job WHERE name = '${QUEUE}' AND id = $1 OFFSET 0) AS whole`,
    [id],
  )
  const { jwe = null, lane } = (rows[0] ?? {}) as { jwe?: string | null; lane?: string | null }
  if (jwe === null) return { id, retryCount, data: 'too large to be kept', isTooLarge: true }
  return { id, retryCount, data: { jwe, ...(lane === 'interactive' && { lane }) } }
}
