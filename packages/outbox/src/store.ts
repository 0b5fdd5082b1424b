import type { ConstructorOptions, PgBoss } from 'pg-boss'
import { storeError } from './errors.ts'
import type { ResolvedStore } from './options.ts'
import { createQueues, takeBackClaims } from './queues.ts'

/** Where logouts are kept: pg-boss, and the database below it. */
export interface Store {
  readonly boss: PgBoss
  /** How many inserts may be under way at once. */
  readonly inserts: number
  /** Closes what pg-boss does not close by itself. */
  close(): Promise<void>
}

/** The default schema: of its own, so that the application's pg-boss, where there is one, is another. */
export const SCHEMA = 'backend_logout'

/** What pg-boss does the same way on every database. */
export const BOSS_OPTIONS: ConstructorOptions = {
  schema: SCHEMA,
  schedule: false,
  // It would store the names of hosts; the outbox stores nothing readable but fingerprints and times.
  registerInstance: false,
  persistWarnings: false,
  persistQueueStats: false,
  // Crashed workers are looked for by idle ones every so often; the regular pass is for when none is idle.
  monitorIntervalSeconds: 5,
  superviseIntervalSeconds: 60,
}

/**
 * Opens the store, creates what is missing in it, and brings an older schema up to date.
 *
 * @throws OutboxError `store_in_use`, `store_unavailable`
 */
export async function openStore(options: ResolvedStore, onError: (error: unknown) => void): Promise<Store> {
  const store =
    options.kind === 'postgres'
      ? (await import('./postgres-store.ts')).openPostgresStore(options)
      : await (await import('./embedded-store.ts')).openEmbeddedStore(options.folder)
  const { boss } = store
  boss.on('error', onError)
  try {
    await boss.start({ attempts: options.kind === 'postgres' ? 3 : 1 })
    await createQueues(boss)
    // A folder is for one process: whoever had claims there is gone.
    if (options.kind === 'embedded') await takeBackClaims(boss, SCHEMA)
    return store
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    await store.close().catch(() => {})
    throw storeError('Opening the store', error)
  }
}
