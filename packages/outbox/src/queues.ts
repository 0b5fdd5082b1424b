import type { PgBoss, Queue } from 'pg-boss'

/** Logouts to revoke. */
export const QUEUE = 'logouts'
/** Logouts that cannot be revoked with the current configuration. */
export const DEAD = 'dead-letters'
/** The queue that the processes of one outbox share for the pause. Nothing is fetched from it. */
export const NOTES = 'notes'

/** Ten years. The outbox checks the expiry of tokens, because pg-boss relies on the database's clock alone. */
const FOREVER_S = 315_360_000
/** A claim expires this many seconds after the last heartbeat of its worker. */
export const CLAIM_S = 10

const OPTIONS: Record<string, Omit<Queue, 'name'>> = {
  [DEAD]: { retentionSeconds: FOREVER_S },
  [NOTES]: { retentionSeconds: FOREVER_S },
  [QUEUE]: {
    retentionSeconds: FOREVER_S,
    retryLimit: 1_000_000,
    retryBackoff: true,
    retryDelay: 1,
    retryDelayMax: 300,
    expireInSeconds: 86_400,
    heartbeatSeconds: CLAIM_S,
    warningQueueSize: 2_000_000_000,
  },
}

/** Creates missing queues, and updates those of an earlier version. */
export async function createQueues(boss: PgBoss): Promise<void> {
  for (const [name, options] of Object.entries(OPTIONS)) {
    await boss.createQueue(name, options)
    const existing = (await boss.getQueue(name)) as Partial<Record<string, unknown>> | null
    const differs = Object.entries(options).some(([option, value]) => existing?.[option] !== value)
    if (differs) await boss.updateQueue(name, options)
  }
}

/** Releases every claim. Only for the embedded store, in which no other process can hold one. */
export async function takeBackClaims(boss: PgBoss, schema: string): Promise<void> {
  const { rows } = await boss
    .getDb()
    .executeSql(`SELECT id FROM ${schema}.job WHERE name = '${QUEUE}' AND state = 'active'`)
  if (rows.length > 0)
    await boss.fail(
      QUEUE,
      rows.map(({ id }) => id),
    )
}
