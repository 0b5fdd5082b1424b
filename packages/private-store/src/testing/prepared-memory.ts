/**
 * Imported before tests: databases in memory begin with a copy of the files that `initdb` creates once for all
 * processes. `initdb` in WebAssembly takes three to six seconds of processor time; loading its files takes half a
 * second. Everything else is PGlite's.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

const packed = createRequire(import.meta.url).resolve('@electric-sql/pglite')
const { version } = JSON.parse(await readFile(join(dirname(packed), '../package.json'), 'utf8'))
const FOLDER = join(import.meta.dirname, '../../../../node_modules/.cache/pglite')
const FILE = join(FOLDER, `${version}.tar`)
const create = PGlite.create.bind(PGlite)

async function prepare(): Promise<void> {
  const database = await create()
  const files = await database.dumpDataDir('none')
  await database.close()
  await mkdir(FOLDER, { recursive: true })
  const own = await mkdtemp(join(FOLDER, 'new-'))
  await writeFile(join(own, 'files.tar'), files.stream())
  // Under its final name, it is complete.
  await rename(join(own, 'files.tar'), FILE)
  await rm(own, { recursive: true })
}

PGlite.create = (async (...options: Parameters<typeof create>) => {
  if (options.length > 0) return create(...options)
  if (!existsSync(FILE)) await prepare()
  return create({ loadDataDir: new Blob([await readFile(FILE)]) })
}) as typeof PGlite.create
