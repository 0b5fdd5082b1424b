/**
 * Rehearses the whole release in a copy of the workspace, offline: versions, changelogs, build, tarballs, and the
 * uploads to both registries. Nothing in this folder changes. With a named folder, the copy remains there.
 *
 * `npm run release:dry-run -- [FOLDER]`
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cloneWorkspace, commitAll, installOffline } from './clone.ts'
import { run } from './run.ts'

const root = join(import.meta.dirname, '../..')
const kept = process.argv[2]
const temporary = kept === undefined ? await mkdtemp(join(tmpdir(), 'backend-logout-release-')) : undefined
const folder = resolve(temporary ?? kept ?? '')

// Nobody listens there: a request to a registry fails immediately.
const nowhere = 'http://127.0.0.1:9/'
const offline = {
  npm_config_registry: nowhere,
  npm_config_fetch_retries: '0',
  JSR_URL: nowhere,
  DENO_NO_UPDATE_CHECK: '1',
}
async function step(title: string, script: string, ...args: string[]): Promise<void> {
  const output = await run(folder, 'node', [join('scripts/release', script), ...args], offline)
  console.log(`${title}\n${output.trimEnd().replace(/^/gm, '  ')}`)
}

try {
  await cloneWorkspace(root, folder)
  await installOffline(folder)
  await step('Versions', 'version.ts')
  // As when the version pull request is merged: JSR publishes only committed files.
  await commitAll(folder, 'chore: release')
  await step('Tarballs', 'pack.ts')
  await step('Publication', 'publish.ts', '--dry-run')
} finally {
  if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
}
