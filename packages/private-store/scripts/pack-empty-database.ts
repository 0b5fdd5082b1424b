/** Creates an empty database, and packs its files for `src/empty-database.ts`. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { createTar, type TarFileInput } from 'nanotar'

const folder = await mkdtemp(join(tmpdir(), 'backend-logout-empty-'))
try {
  // It is closed, so that a copy starts without a recovery.
  await (await PGlite.create(folder)).close()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.map(async (entry): Promise<TarFileInput> => {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll('\\', '/')
    return entry.isDirectory()
      ? { name: `${name}/`, attrs: { mode: '700' } }
      : { name, data: await readFile(path), attrs: { mode: '600' } }
  })
  const tar = createTar((await Promise.all(files)).sort((a, b) => (a.name < b.name ? -1 : 1)))
  // A window of 16 MB, because the files contain the same tables three times. The best quality takes half a minute.
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: tar.length,
  }
  await mkdir('dist', { recursive: true })
  await writeFile('dist/empty-database.tar.br', brotliCompressSync(tar, { params }))
} finally {
  await rm(folder, { recursive: true })
}
