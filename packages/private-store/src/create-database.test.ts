import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDatabase, createInMemory } from './create-database.ts'
import { openDurableFiles } from './durable-files.ts'
import { readEmptyDatabase } from './empty-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-create-'))
/** The identifier that `initdb` gave to the packed files. */
let packedId: unknown

beforeAll(async () => {
  const files = await readEmptyDatabase()
  expect(files, 'dist/empty-database.tar.br, which the build makes').toBeDefined()
  packedId = await identify(await createInMemory())
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Returns the identifier of a database, and closes it. */
async function identify(database: Awaited<ReturnType<typeof createInMemory>>): Promise<unknown> {
  const { rows } = await database.query<{ id: unknown }>('SELECT system_identifier AS id FROM pg_control_system()')
  await database.close()
  return rows[0]?.id
}

/** Creates a database in a folder, and returns its identifier. */
async function create(name: string, files?: ReturnType<typeof readEmptyDatabase>): Promise<unknown> {
  const path = join(folder, name)
  await createDatabase(path, join(folder, 'unfinished'), files)
  expect(existsSync(join(folder, 'unfinished'))).toBe(false)
  return identify(await openDurableFiles(path))
}

/** The packed files, as those of another version of Postgres. */
async function ofAnotherVersion(): Promise<Buffer<ArrayBuffer>> {
  const files = (await readEmptyDatabase()) ?? Buffer.alloc(0)
  const control = files.indexOf('global/pg_control')
  // The version of the catalog follows the identifier and the version of the file.
  files.writeUInt32LE(202_301_011, control - (control % 512) + 512 + 12)
  return files
}

test('a new database consists of the packed files', async () => {
  expect(await create('packed')).toBe(packedId)
  expect(await identify(await createInMemory())).toBe(packedId)
})

test('without packed files, or with those of another version of Postgres, `initdb` creates its own', async () => {
  expect(await identify(await createInMemory(Promise.resolve(undefined)))).not.toBe(packedId)
  expect(await create('other', ofAnotherVersion())).not.toBe(packedId)
}, 120_000)

test.skipIf(process.platform === 'win32')('a disk that has no space is the reason, and `initdb` is not tried', () => {
  const program = `
    const { openPrivateStore } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    await openPrivateStore(${JSON.stringify(join(folder, 'full'))})`
  const limited = ['-c', 'ulimit -f 4096; exec "$@"', 'sh', process.execPath, '--input-type=module', '--eval', program]
  const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('EFBIG: file too large, write')
})

test.each([
  ['packed files', undefined],
  ['`initdb`', Promise.resolve(undefined)],
])(
  'a new database of %s survives a crash of the machine: it is synced, and the folders that it is in',
  async (name, files) => {
    const parents = [name, join(name, 'a'), join(name, 'a', 'b')]
    for (const parent of parents) mkdirSync(join(folder, parent))
    const handle = await open(folder)
    const synced = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync')
    await handle.close()
    try {
      await create(join(name, 'a', 'b', 'data'), files)
      const contents = readdirSync(join(folder, name, 'a', 'b', 'data'), { recursive: true })
      expect(contents.length).toBeGreaterThan(900)
      // Windows does not sync folders.
      const ofFolders = process.platform === 'win32' ? -100 : 1 + parents.length
      expect(synced.mock.calls.length).toBeGreaterThanOrEqual(contents.length + ofFolders)
    } finally {
      vi.restoreAllMocks()
    }
  },
)
