import type { JobAttempt } from 'pg-boss'
import type { Recalled } from './attempt.ts'
import { type Store, WRITE_MS } from './boss.ts'
import { QUEUE } from './queues.ts'
import { scalar } from './stored-data.ts'

/** The most that the database keeps of an earlier attempt, in bytes. */
const MAX_OUTPUT_BYTES = 2_000

/** Returns claims that there was no room for, as if they had not been made. */
export async function leaveClaims({ schema, within }: Store, jobs: readonly JobAttempt[]): Promise<void> {
  await within(WRITE_MS).executeSql(
    `UPDATE ${schema}.job SET state = 'retry', heartbeat_on = NULL, retry_count = greatest(retry_count - 1, 0),
      started_on = CASE WHEN retry_count > 0 THEN started_on END
    WHERE name = '${QUEUE}' AND id = ANY($1::uuid[]) AND state = 'active'`,
    [jobs.map(({ id }) => id)],
  )
}

/** Someone else's logouts may have a policy by which only one of them can be claimed; ours have none. */
export async function resetPolicies({ schema, within }: Store): Promise<void> {
  await within(WRITE_MS).executeSql(
    `UPDATE ${schema}.job SET policy = 'standard' WHERE name = '${QUEUE}' AND state < 'active' AND policy <> 'standard'`,
  )
}

/**
 * Keeps claims from expiring. It never waits for a row, as pg-boss would: the settler locks the same rows at the same
 * time, in another order, and each could wait for the other. A row that is locked is about to be settled.
 */
export async function keepClaims({ schema, within }: Store, jobs: readonly JobAttempt[]): Promise<void> {
  if (jobs.length === 0) return
  await within(WRITE_MS).executeSql(
    `UPDATE ${schema}.job SET heartbeat_on = now() WHERE name = '${QUEUE}' AND id IN (
      SELECT id FROM ${schema}.job WHERE name = '${QUEUE}' AND id = ANY($1::uuid[]) AND state = 'active'
        AND id || ':' || retry_count = ANY($2::text[])
      FOR UPDATE SKIP LOCKED
    )`,
    [jobs.map(({ id }) => id), jobs.map(({ id, retryCount }) => `${id}:${retryCount}`)],
  )
}

/** Looks up the earlier attempts at a claimed logout, and the database's time of this one. */
export async function recall({ schema, within }: Store, id: string): Promise<Recalled | undefined> {
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
