import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cloneWorkspace } from '../release/clone.ts'
import { type Mutation, withoutGuard } from './mutation.ts'

/** A copy of the workspace, in which guards can be removed safely. */
export interface TreeCopy extends AsyncDisposable {
  readonly folder: string
  /** Removes a guard. Disposing of the result restores it. */
  readonly without: (mutation: Mutation) => Disposable
}

/** Copies the workspace in its current state, with its installed packages and built files. */
export async function copyTree(root: string): Promise<TreeCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-mutation-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await cloneWorkspace(root, folder)
    // A folder of links and not a link: git ignores a folder, but not a link.
    mkdirSync(join(folder, 'node_modules'))
    const copied = { recursive: true, verbatimSymlinks: true }
    for (const name of readdirSync(join(root, 'node_modules'))) {
      const [from, to] = [join(root, 'node_modules', name), join(folder, 'node_modules', name)]
      // An installation in the copy, as `pnpm run` begins with, rewrites these.
      if (name === '.bin' || statSync(from).isFile()) cpSync(from, to, copied)
      else symlinkSync(from, to)
    }
    for (const manifest of globSync('{packages,tests,examples}/*/package.json', { cwd: root })) {
      for (const name of ['node_modules', 'dist']) {
        const path = join(dirname(manifest), name)
        // Links into the workspace are relative, so these lead into the copy.
        for (const found of globSync(path, { cwd: root })) cpSync(join(root, found), join(folder, found), copied)
      }
    }
  } catch (error) {
    await remove()
    throw error
  }
  return {
    folder,
    without(mutation) {
      const path = join(folder, mutation.file)
      const source = readFileSync(path, 'utf8')
      writeFileSync(path, withoutGuard(source, mutation))
      return { [Symbol.dispose]: () => writeFileSync(path, source) }
    },
    [Symbol.asyncDispose]: remove,
  }
}
