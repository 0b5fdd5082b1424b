import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { parseTar } from 'nanotar'
import { openDurableFiles } from './durable-files.ts'
import { readEmptyDatabase } from './empty-database.ts'
import { makeFolderPrivate } from './private-folder.ts'
import { startSparingly } from './small-memory.ts'

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
    // `initdb` syncs nothing, and Postgres itself only what it changes from now on.
    await syncAll(unfinished, files ? 'folders' : 'everything')
  })
  await rename(unfinished, folder)
  await syncFolder(dirname(folder))
}

/** Creates a database that is gone when it is closed. */
export async function createInMemory(packed: Promise<Packed> = readEmptyDatabase()): Promise<PGlite> {
  return startWith(await packed, (files) =>
    startSparingly(() => PGlite.create(files && { loadDataDir: new Blob([files]) })),
  )
}

async function startWith<T>(packed: Packed, start: (files?: Packed) => Promise<T>): Promise<T> {
  return packed ? start(packed).catch(() => start()) : start()
}

/** Writes the packed files, private to this user, and syncs each. PGlite itself takes twice as long. */
function unpack(files: Buffer, folder: string): void {
  for (const { name, type, data = '' } of parseTar(files)) {
    const path = join(folder, name)
    if (type === 'directory') mkdirSync(path, { recursive: true, mode: 0o700 })
    else writeFileSync(path, data, { mode: 0o600, flush: true })
  }
}

/** Syncs a folder with all folders, or everything, in it. */
async function syncAll(folder: string, what: 'folders' | 'everything'): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncAll(path, what)
    else if (what === 'everything') await sync(path, 'r+')
  }
  await syncFolder(folder)
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
