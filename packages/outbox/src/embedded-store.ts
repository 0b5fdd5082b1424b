import { openPrivateStore } from '@backend-logout/private-store'
import { fromPglite, PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, SCHEMA, type Store } from './boss.ts'
import { storeError } from './errors.ts'

/**
 * Opens Postgres within this process, in a folder or in memory.
 *
 * @param onExposed Called when other users could read or change the folder until now.
 * @throws OutboxError `store_in_use`, `store_not_private`, `store_unavailable`
 */
export async function openEmbeddedStore(
  folder: string | undefined,
  onExposed: (message: string) => void,
): Promise<Store> {
  try {
    const database = await openPrivateStore(folder ?? { memory: true }, { onExposed })
    const db = fromPglite(database)
    return {
      boss: new PgBoss({ ...BOSS_OPTIONS, db, backend: 'pglite' }),
      schema: SCHEMA,
      kind: 'embedded',
      inserts: 1,
      within: () => db,
      durably: () => db,
      transaction: (task) => database.transaction((transaction) => task(fromPglite(transaction))),
      close: () => database.close(),
    }
  } catch (error) {
    throw storeError(folder === undefined ? 'Opening the store' : `Opening the store in ${folder}`, error)
  }
}
