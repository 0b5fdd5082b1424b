/** Copies the workspace, in its current state and without ignored files, into a separate repository with its tags. */
import { join } from 'node:path'
import { pnpm, run } from './run.ts'

const identity = ['-c', 'user.name=Backend Logout contributors', '-c', 'user.email=']

export async function cloneWorkspace(root: string, folder: string): Promise<void> {
  await run(root, 'git', ['clone', '--quiet', '--no-hardlinks', '--no-checkout', root, folder])
  // Includes uncommitted changes: a release is tried before it is merged.
  const git = ['--git-dir', join(folder, '.git'), '--work-tree', root]
  await commitAll(root, 'The working tree', git)
  await run(folder, 'git', ['reset', '--quiet', '--hard'])
}

/** Commits everything that git does not ignore. */
export async function commitAll(folder: string, message: string, git: readonly string[] = []): Promise<void> {
  await run(folder, 'git', [...git, 'add', '--all'])
  await run(folder, 'git', [...git, ...identity, 'commit', '--quiet', '--allow-empty', '--message', message])
}

/** Installs the packages that a release needs, from this machine's downloads. */
export async function installOffline(folder: string): Promise<void> {
  // The lock file was checked at the first installation; a check requires the registry.
  const what = ['--trust-lockfile', '--filter', 'backend-logout', '--filter', './packages/*']
  await pnpm(folder, ['install', '--offline', '--frozen-lockfile', ...what])
}
