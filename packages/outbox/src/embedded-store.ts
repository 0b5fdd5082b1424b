import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { fromPglite, PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, SCHEMA, type Store } from './boss.ts'
import { storeError } from './errors.ts'
import { type FolderLock, LOCK_FILE, lockFolder } from './folder-lock.ts'
import { makeContentsPrivate, makeFolderPrivate } from './private-folder.ts'

const DATA = 'data'
/** A database that is being created; one whose creation was interrupted cannot be opened any more. */
const UNFINISHED = 'unfinished'

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
  let lock: FolderLock | undefined
  let database: PGlite | undefined
  const close = async (): Promise<void> => {
    try {
      await database?.close()
    } finally {
      await lock?.release()
    }
  }
  try {
    if (folder === undefined) {
      const { PGlite } = await import('@electric-sql/pglite')
      database = await PGlite.create()
    } else {
      const { path, wasOpen } = makeFolderPrivate(folder, [LOCK_FILE, DATA, UNFINISHED])
      lock = await lockFolder(path)
      const isNew = !existsSync(join(path, DATA))
      if (isNew) await createDatabase(path)
      // Before Postgres reads it: a prepared file could make it run code.
      const wasWritable = makeContentsPrivate(path, [DATA])
      if (wasOpen && !isNew) {
        onExposed(`Other users of this machine could ${wasWritable ? 'change' : 'read'} ${path} until now.`)
      }
      database = await openData(join(path, DATA))
    }
    const pglite = database
    return {
      boss: new PgBoss({ ...BOSS_OPTIONS, db: fromPglite(pglite), backend: 'pglite' }),
      schema: SCHEMA,
      inserts: 1,
      transaction: (task) => pglite.transaction((transaction) => task(fromPglite(transaction))),
      close,
    }
  } catch (error) {
    await close().catch(() => {})
    throw storeError(folder === undefined ? 'Opening the store' : `Opening the store in ${folder}`, error)
  }
}

async function createDatabase(folder: string): Promise<void> {
  const unfinished = join(folder, UNFINISHED)
  await rm(unfinished, { recursive: true, force: true })
  makeFolderPrivate(unfinished)
  await (await openData(unfinished)).close()
  await rename(unfinished, join(folder, DATA))
  await syncFolder(folder)
}

async function openData(data: string): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { DURABLE_START, DurableFiles } = await import('./durable-files.ts')
  return PGlite.create({ fs: new DurableFiles(data), startParams: [...DURABLE_START] })
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
