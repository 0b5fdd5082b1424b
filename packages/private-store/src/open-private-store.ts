import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { type FolderLock, LOCK_FILE, lockFolder } from './folder-lock.ts'
import { makeContentsPrivate, makeFolderPrivate } from './private-folder.ts'

/** The folder's subfolder with the files of Postgres. */
const DATA = 'data'
/** A database that is being created; one whose creation was interrupted can no longer be opened. */
const UNFINISHED = 'unfinished'

/** Runs statements: a database, or a transaction in it. */
interface Executor {
  /** Runs one statement. */
  query<Row>(text: string, values?: unknown[]): Promise<{ rows: Row[]; affectedRows?: number }>
  /** Runs several statements, without parameters. */
  exec(text: string): Promise<{ rows: Record<string, unknown>[]; affectedRows?: number }[]>
}

/** Postgres within this process. The members of a PGlite that are used. */
export interface PrivateStore extends Executor {
  /** Runs a task in a transaction, which commits when it resolves and rolls back when it rejects. */
  transaction<Result>(task: (transaction: Executor) => Promise<Result>): Promise<Result>
  /** Calls a function for each NOTIFY on a channel, until the function that it resolves to is called. */
  listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>>
  /** Closes the database and releases the folder. */
  close(): Promise<void>
}

/** Options of {@link openPrivateStore}. */
export interface OpenPrivateStoreOptions {
  /** Receives a message if other users could read or change the folder until now. */
  readonly onExposed?: ((message: string) => void) | undefined
}

/**
 * Opens Postgres in a folder, which is created if it is missing. No other process can have the folder open, and no
 * other user of the machine can read or change it. A commit survives the end of the process and that of the machine.
 *
 * @param folder Its name, or `{ memory: true }` for a database that is gone when it is closed.
 * @throws TypeError if `folder` is neither, such as a variable that is not set
 * @throws FolderInUseError if this or another process has the folder open
 * @throws NotPrivateError if other users could change the folder, and this one cannot prevent it
 * @example
 * ```ts
 * import { openPrivateStore } from '@backend-logout/private-store'
 *
 * const store = await openPrivateStore('./data')
 * const { rows } = await store.query('SELECT 1 AS one')
 * await store.close()
 * ```
 */
export async function openPrivateStore(
  folder: string | { readonly memory: true },
  { onExposed }: OpenPrivateStoreOptions = {},
): Promise<PrivateStore> {
  if (typeof folder !== 'string' && folder?.memory !== true) {
    throw new TypeError('The folder must be a string, or { memory: true }.')
  }
  if (typeof folder !== 'string') {
    const { createInMemory } = await import('./create-database.ts')
    return storeOf(await createInMemory(), undefined)
  }
  const { path, wasOpen } = makeFolderPrivate(folder, [LOCK_FILE, DATA, UNFINISHED])
  const lock = await lockFolder(path)
  try {
    const isNew = !existsSync(join(path, DATA))
    if (isNew) {
      const { createDatabase } = await import('./create-database.ts')
      await createDatabase(join(path, DATA), join(path, UNFINISHED))
    }
    // Before Postgres reads it: a prepared file could make it run code.
    const wasWritable = makeContentsPrivate(path, [DATA])
    if (wasOpen && !isNew) {
      onExposed?.(`Other users of this machine could ${wasWritable ? 'change' : 'read'} ${path} until now.`)
    }
    const { openDurableFiles } = await import('./durable-files.ts')
    return storeOf(await openDurableFiles(join(path, DATA)), lock)
  } catch (error) {
    await lock.release().catch(() => {})
    throw error
  }
}

function storeOf(database: PGlite, lock: FolderLock | undefined): PrivateStore {
  return {
    query: (text, values) => database.query(text, values),
    exec: (text) => database.exec(text),
    transaction: (task) => database.transaction((transaction) => task(transaction)),
    listen: (channel, callback) => database.listen(channel, callback) as Promise<() => Promise<void>>,
    async close() {
      try {
        await database.close()
      } finally {
        await lock?.release()
      }
    },
  }
}
