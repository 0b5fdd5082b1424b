import type { PgBoss, Queue } from 'pg-boss'

/** Logouts that are to be done. */
export const QUEUE = 'logouts'
/** Logouts that cannot be done as things are. */
export const DEAD = 'dead-letters'
/** What the processes of one outbox tell each other: pauses, and how fast each of them works. Nothing is fetched from it. */
export const NOTES = 'notes'

/** Ten years. The expiry of a token is judged here and not by pg-boss, whose retention goes by the database's clock alone. */
const FOREVER_S = 315_360_000
/** A claim whose holder has not been heard of for so long goes to somebody else. */
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

/** Creates the queues where they are missing, and brings up to date what an earlier version created. */
export async function createQueues(boss: PgBoss): Promise<void> {
  for (const [name, options] of Object.entries(OPTIONS)) {
    await boss.createQueue(name, options)
    const existing = (await boss.getQueue(name)) as Partial<Record<string, unknown>> | null
    const differs = Object.entries(options).some(([option, value]) => existing?.[option] !== value)
    if (differs) await boss.updateQueue(name, options)
  }
}

/** Takes back every claim. Only for who knows that nobody is there who could hold one. */
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
