import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { parseTar } from 'nanotar'
import { openDurableFiles } from './durable-files.ts'
import { readEmptyDatabase } from './empty-database.ts'
import { makeFolderPrivate } from './private-folder.ts'
import { startSparingly } from './small-memory.ts'

/** The maximum number of files that are being synced. */
const MAX_SYNCS = 32

/** The packed files of an empty database, if they can be read. */
type Packed = Awaited<ReturnType<typeof readEmptyDatabase>>

/**
 * Creates an empty database in a folder that does not exist yet. The folder appears only when it is complete, and then
 * survives a crash of the machine.
 *
 * @param unfinished The folder while it is being created; one whose creation was interrupted cannot be opened.
 * @param packed The files to begin with. A PGlite with another version of Postgres refuses them; then, or without them,
 *   `initdb` creates its own.
 */
export async function createDatabase(
  folder: string,
  unfinished: string,
  packed: Promise<Packed> = readEmptyDatabase(),
): Promise<void> {
  await startWith(await packed, async (files) => {
    await rm(unfinished, { recursive: true, force: true })
    makeFolderPrivate(unfinished)
    if (files) unpack(files, unfinished)
    await (await openDurableFiles(unfinished)).close()
  })
  // Postgres itself syncs only what it changes from now on.
  await syncAll(unfinished)
  await rename(unfinished, folder)
  await syncFolder(dirname(folder))
  await syncParents(dirname(folder))
}

/** Creates a database that is gone when it is closed. */
export async function createInMemory(packed: Promise<Packed> = readEmptyDatabase()): Promise<PGlite> {
  return startWith(await packed, (files) =>
    startSparingly(() => PGlite.create(files && { loadDataDir: new Blob([files]) })),
  )
}

async function startWith<T>(packed: Packed, start: (files?: Packed) => Promise<T>): Promise<T> {
  if (!packed) return start()
  try {
    return await start(packed)
  } catch (error) {
    // `initdb` needs more of everything, and its errors say less.
    if (isOfMachine(error)) throw error
    return start()
  }
}

/** True for a full or read-only disk and the like: the files themselves are not the cause. */
function isOfMachine(error: unknown): boolean {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  return name === 'ErrnoError' || /^E(?:NOSPC|DQUOT|FBIG|ROFS|ACCES|PERM|IO|MFILE|NFILE)$/.test(String(code))
}

/** Writes the packed files, private to this user. PGlite itself takes twice as long. */
function unpack(files: Buffer, folder: string): void {
  for (const { name, type, data = '' } of parseTar(files)) {
    const path = join(folder, name)
    if (type === 'directory') mkdirSync(path, { recursive: true, mode: 0o700 })
    else writeFileSync(path, data, { mode: 0o600 })
  }
}

/** Syncs a folder with everything in it, many files at a time, which a disk combines. */
async function syncAll(folder: string): Promise<void> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).values()
  const syncSome = async (): Promise<void> => {
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      await (entry.isDirectory() ? syncFolder(path) : sync(path, 'r+'))
    }
  }
  await Promise.all(Array.from({ length: MAX_SYNCS }, syncSome))
  await syncFolder(folder)
}

/** Syncs the folders that a folder is in, because they may be as new. One that this user cannot read is not. */
async function syncParents(folder: string): Promise<void> {
  const parent = dirname(folder)
  if (parent === folder) return
  await syncFolder(parent).catch(() => {})
  await syncParents(parent)
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such operation.
  if (process.platform !== 'win32') await sync(folder, 'r')
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
