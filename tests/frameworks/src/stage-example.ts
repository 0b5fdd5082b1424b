import { cp, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const BUILT = /\/(?:node_modules|\.next|\.turbo|\.svelte-kit|\.react-router|build)(?:\/|$)/

/**
 * Puts an example into a separate folder, with our packages as they are published: the state after a user's `npm
 * install`. In the workspace, the packages are TypeScript, which a framework's build never sees.
 */
export async function stageExample(name: string, folder: string): Promise<void> {
  const example = join(root, 'examples', name)
  await rm(folder, { recursive: true, force: true })
  await cp(example, folder, { recursive: true, filter: (source) => !BUILT.test(source.slice(example.length)) })
  const modules = join(folder, 'node_modules')
  for (const dependency of await namesIn(join(example, 'node_modules'))) {
    if (!dependency.startsWith('@backend-logout/'))
      await link(await realpath(join(example, 'node_modules', dependency)), join(modules, dependency))
  }
  for (const own of ['core', 'node', 'browser-proxy']) await installPackage(join(root, 'packages', own), modules)
}

async function installPackage(source: string, modules: string): Promise<void> {
  const {
    publishConfig,
    devDependencies: _,
    ...manifest
  } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const target = join(modules, manifest.name)
  await cp(join(source, 'dist'), join(target, 'dist'), { recursive: true })
  await writeFile(join(target, 'package.json'), JSON.stringify({ ...manifest, exports: publishConfig.exports }))
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (name.startsWith('@backend-logout/')) continue
    await link(await realpath(join(source, 'node_modules', name)), join(modules, name))
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function namesIn(modules: string): Promise<string[]> {
  const names = await readdir(modules)
  const found = names.filter((name) => !/^[.@]/.test(name))
  for (const scope of names.filter((name) => name.startsWith('@'))) {
    for (const name of await readdir(join(modules, scope))) found.push(`${scope}/${name}`)
  }
  return found
}
