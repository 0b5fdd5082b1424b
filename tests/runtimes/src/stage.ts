import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pnpm } from '../../../scripts/release/run.ts'
import { startJsrRegistry } from '../../packaging/src/registries/jsr-registry.ts'

/** Folders in which the suite finds the packages as users have them. */
export interface Stage {
  /** One for each desk. */
  readonly folders: readonly string[]
  /** Further environment variables for programs that run in it. */
  readonly env: NodeJS.ProcessEnv
  close(): Promise<void>
}

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const ownModules = join(import.meta.dirname, '../node_modules')

/**
 * Prepares the stage for runtimes that report to these desks, one at a time to each: the suite and its runners, core, the Node package, the receiver and the list of revocations from
 * their tarballs, and the package on JSR from a registry to which it was published. Nothing comes from the network:
 * the packages' dependencies are linked.
 */
export async function setStage(desks: readonly string[]): Promise<Stage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'backend-logout-runtimes-')))
  const registry = await startJsrRegistry(join(folder, '.jsr'))
  const env = { ...process.env, JSR_URL: registry.url, DENO_DIR: join(folder, '.deno'), TMPDIR: folder, NO_COLOR: '1' }
  const close = async (): Promise<void> => {
    await registry[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await cp(import.meta.dirname, folder, { recursive: true })
    for (const name of await readdir(ownModules)) {
      if (name !== '@backend-logout') await link(join(ownModules, name), join(folder, 'node_modules', name))
    }
    const dependencies: Record<string, string> = {}
    for (const name of ['core', 'node', 'receiver', 'revocations']) {
      Object.assign(dependencies, await install(folder, name))
    }
    // Deno finds core, which its package imports from npm, among these.
    dependencies['@backend-logout/core'] = '*'
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }))

    const publish = ['publish', '--allow-dirty', '--no-check', '--token', registry.token]
    await run(join(ownModules, '.bin/deno'), publish, { cwd: root, env })
    const imports = {
      '@backend-logout/deno': await published('deno'),
      '@backend-logout/receiver': './node_modules/@backend-logout/receiver/dist/index.js',
      '@backend-logout/revocations': './node_modules/@backend-logout/revocations/dist/index.js',
    }
    await writeFile(join(folder, 'deno.json'), JSON.stringify({ imports, nodeModulesDir: 'manual', lock: false }))
    const folders = await Promise.all(desks.map((desk) => copyFor(desk, folder)))
    return { folders, env, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Copies the stage into a folder inside it. */
async function copyFor(desk: string, folder: string): Promise<string> {
  const copy = join(folder, `.${new URL(desk).port}`)
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.'))
      await cp(join(folder, name), join(copy, name), { recursive: true, verbatimSymlinks: true })
  }
  await writeFile(join(copy, 'context.json'), JSON.stringify({ desk }))
  return copy
}

/** Unpacks the tarball of a package into the stage, links its dependencies, and returns these. */
async function install(folder: string, name: string): Promise<Record<string, string>> {
  const cwd = join(root, 'packages', name)
  const packed = await pnpm(cwd, ['pack', '--json', '--pack-destination', folder])
  const { filename } = JSON.parse(packed) as { filename: string }
  const target = join(folder, 'node_modules/@backend-logout', name)
  await mkdir(target, { recursive: true })
  await run('tar', ['-xzf', filename, '-C', target, '--strip-components=1'])
  const manifest = JSON.parse(await readFile(join(target, 'package.json'), 'utf8'))
  const dependencies = Object.entries(manifest.dependencies as Record<string, string>).filter(
    ([dependency]) => !dependency.startsWith('@backend-logout/'),
  )
  for (const [dependency] of dependencies) {
    await link(join(cwd, 'node_modules', dependency), join(folder, 'node_modules', dependency))
  }
  return Object.fromEntries(dependencies)
}

/** Links a dependency that several packages may share. */
async function link(from: string, to: string): Promise<void> {
  if (existsSync(to)) return
  await mkdir(join(to, '..'), { recursive: true })
  await symlink(await realpath(from), to, 'dir')
}

/** The address of a package on JSR. */
async function published(name: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'packages', name, 'deno.json'), 'utf8'))
  return `jsr:${manifest.name}@${manifest.version}`
}
