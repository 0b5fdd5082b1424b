import { cpSync, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openPrivateStore } from '../open-private-store.ts'

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache/pglite')

/**
 * Puts an empty database into a folder, as the first start of a store does. `initdb` in WebAssembly takes four seconds of
 * processor time; it runs once for all processes, and a copy of its files takes almost none.
 */
export async function prepareFolder(folder: string): Promise<void> {
  const packed = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const { version } = JSON.parse(await readFile(join(dirname(packed), '../package.json'), 'utf8'))
  const made = join(CACHE, `${version}-data`)
  if (!existsSync(made)) await make(made)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // `cp()` takes ten times as long for a thousand files.
  cpSync(made, join(folder, 'data'), { recursive: true })
}

async function make(target: string): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const own = await mkdtemp(join(CACHE, 'new-'))
  await (await openPrivateStore(own)).close()
  // Under its name it is complete. Where another process was faster, its files are as good.
  await rename(join(own, 'data'), target).catch((error: NodeJS.ErrnoException) => {
    if (!existsSync(target)) throw error
  })
  await rm(own, { recursive: true })
}
