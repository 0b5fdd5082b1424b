import type { Store } from './boss.ts'
import { storeError } from './errors.ts'
import type { ResolvedStore } from './options.ts'
import { createQueues, takeBackClaims } from './queues.ts'

/**
 * Opens the store, creates what is missing in it, and brings an older schema up to date.
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
    await boss.start({ attempts: options.kind === 'postgres' ? 3 : 1 })
    await createQueues(boss)
    // A folder is for one process: whoever had claims there is gone.
    if (options.kind === 'embedded') await takeBackClaims(boss, store.schema)
    return store
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    await store.close().catch(() => {})
    throw storeError('Opening the store', error)
  }
}
