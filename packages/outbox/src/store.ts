import { setTimeout as sleep } from 'node:timers/promises'
import { outlastOutage } from '@backend-logout/private-store'
import { type Store, WRITE_MS } from './boss.ts'
import { OutboxError, storeError } from './errors.ts'
import { createQueues, takeBackClaims } from './queues.ts'
import type { ResolvedStore } from './store-options.ts'

/** Time limit for stopping pg-boss, in milliseconds. */
const STOP_MS = 2_000
/** Wait for a server that is down or starting, in milliseconds. */
const REACH_MS = 5_000

/**
 * Opens the store, creates missing tables, and updates an older schema.
 *
 * @throws OutboxError `store_in_use`, `store_not_private`, `store_unavailable`
 */
export async function openStore(
  options: ResolvedStore,
  onError: (error: unknown) => void,
  onExposed: (message: string) => void,
): Promise<Store> {
  const store =
    options.kind === 'postgres'
      ? (await import('./postgres-store.ts')).openPostgresStore(options)
      : await (await import('./embedded-store.ts')).openEmbeddedStore(options.folder, onExposed)
  const { boss } = store
  boss.on('error', onError)
  try {
    if (options.kind === 'postgres') {
      await outlastOutage(performance.now() + REACH_MS, () => store.within(WRITE_MS).executeSql('SELECT 1'))
      if (store.readOnly) {
        await checkTables(store)
        return store
      }
      await createSchema(store)
    }
    await boss.start({ attempts: options.kind === 'postgres' ? 3 : 1 })
    await createQueues(boss)
    // A folder is for one process, so any other process with claims has ended.
    if (options.kind === 'embedded') await takeBackClaims(boss, store.schema)
    return store
  } catch (error) {
    await stopBoss(store).catch(() => {})
    await store.close().catch(() => {})
    throw storeError('Opening the store', error)
  }
}

/** @throws OutboxError `store_unavailable` if there are no tables, which a reader must not create */
async function checkTables({ within, schema }: Store): Promise<void> {
  const { rows } = await within(WRITE_MS).executeSql('SELECT to_regclass($1) IS NOT NULL AS exist', [`${schema}.job`])
  if ((rows[0] as { exist: boolean }).exist) return
  throw new OutboxError('store_unavailable', `There is no outbox in the schema ${schema} of this database.`)
}

/** Creates the schema if it is missing. Only then a role needs the right to. */
async function createSchema({ within, schema }: Store): Promise<void> {
  const db = within(WRITE_MS)
  const { rows } = await db.executeSql('SELECT to_regnamespace($1) IS NOT NULL AS exists', [schema])
  if ((rows[0] as { exists: boolean }).exists) return
  try {
    await db.executeSql(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  } catch (error) {
    // Another process has created it at the same time.
    if ((error as { code?: unknown }).code !== '23505') throw error
  }
}

/** Stops pg-boss. It does not wait for a server that does not respond: the store then closes its connections. */
export async function stopBoss({ boss }: Store): Promise<void> {
  const enough = new AbortController()
  const late = sleep(STOP_MS, undefined, { signal: enough.signal }).catch(() => {})
  await Promise.race([boss.stop({ graceful: true, timeout: STOP_MS }), late])
  enough.abort()
}
