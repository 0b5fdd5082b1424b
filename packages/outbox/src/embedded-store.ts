import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { fromPglite, PgBoss } from 'pg-boss'
import { storeError } from './errors.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { BOSS_OPTIONS, type Store } from './store.ts'

/**
 * Opens Postgres within this process, in a folder or in memory.
 *
 * @throws OutboxError `store_in_use`, `store_unavailable`
 */
export async function openEmbeddedStore(folder: string | undefined): Promise<Store> {
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
      await mkdir(folder, { recursive: true, mode: 0o700 })
      lock = await lockFolder(resolve(folder))
      database = await openFolder(resolve(folder))
    }
    const boss = new PgBoss({ ...BOSS_OPTIONS, db: fromPglite(database), backend: 'pglite' })
    return { boss, close, inserts: 1 }
  } catch (error) {
    await close().catch(() => {})
    throw storeError(folder === undefined ? 'Opening the store' : `Opening the store in ${folder}`, error)
  }
}

async function openFolder(folder: string): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { DURABLE_START, DurableFiles } = await import('./durable-files.ts')
  const openData = (data: string): Promise<PGlite> =>
    PGlite.create({ fs: new DurableFiles(data), startParams: [...DURABLE_START] })
  const data = join(folder, 'data')
  if (!existsSync(data)) {
    // Made aside and then renamed: a database whose making was interrupted cannot be opened any more.
    const unfinished = join(folder, 'unfinished')
    await rm(unfinished, { recursive: true, force: true })
    await (await openData(unfinished)).close()
    await rename(unfinished, data)
    await syncFolder(folder)
  }
  return openData(data)
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
