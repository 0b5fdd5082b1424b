import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SCOPE = '@backend-logout/'

/** The packages as they are published, in a separate folder. */
export interface Packed extends Disposable {
  /** A folder from which the packages can be imported by name, and the one for Deno as {@link DENO}. */
  readonly folder: string
}

/** The package for Deno, in the folder of packed packages. */
export const DENO = './deno/mod.ts'

/**
 * Packs built packages and those that they depend on, and lays them out as an installation does, with the dependencies
 * of the workspace. In the workspace, they run from source, and stripping types takes time that users do not pay.
 *
 * @throws Error if one of them is not built.
 */
export function layOutPacked(root: string, names: readonly string[]): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'backend-logout-packed-'))
  const all = new Set(names)
  for (const name of all) {
    const source = join(root, 'packages', name)
    if (!existsSync(join(source, 'dist'))) throw new Error(`${name} is not built.`)
    const target = join(folder, 'node_modules/@backend-logout', name)
    const tarballs = join(folder, 'tarballs', name)
    mkdirSync(tarballs, { recursive: true })
    execFileSync('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', tarballs], {
      cwd: source,
      stdio: 'ignore',
    })
    execFileSync('tar', ['xzf', join(tarballs, readdirSync(tarballs)[0] ?? ''), '-C', tarballs])
    cpSync(join(tarballs, 'package'), target, { recursive: true })
    const { dependencies = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith(SCOPE)) {
        all.add(dependency.slice(SCOPE.length))
        continue
      }
      const link = join(target, 'node_modules', dependency)
      mkdirSync(join(link, '..'), { recursive: true })
      symlinkSync(join(source, 'node_modules', dependency), link)
    }
  }
  layOutDeno(root, folder)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** JSR publishes sources, and writes the address of core on npm into them. */
function layOutDeno(root: string, folder: string): void {
  cpSync(join(root, 'packages/deno/src'), join(folder, 'deno'), { recursive: true })
  for (const file of globSync('deno/*.ts', { cwd: folder })) {
    const source = readFileSync(join(folder, file), 'utf8')
    const core = `'../node_modules/${SCOPE}core/dist/index.js'`
    writeFileSync(join(folder, file), source.replaceAll(`'${SCOPE}core'`, core))
  }
}
