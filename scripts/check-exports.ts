/**
 * Packs the package in the current folder as it would be published, and checks what it exports: publint for the
 * manifest, "are the types wrong" for the declarations. Fails on the first warning.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-pack-'))
const run = (command: string, ...args: string[]): void => {
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}
try {
  run('npx', '--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', folder)
  const [tarball] = readdirSync(folder)
  if (!tarball) throw new Error('Nothing was packed.')
  run('publint', join(folder, tarball), '--strict')
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object }
  // A spec is data, so it has no types.
  const data = Object.keys(exports).filter((entry) => entry.endsWith('.yaml'))
  const without = data.length ? ['--exclude-entrypoints', ...data] : []
  run('attw', join(folder, tarball), '--profile', 'esm-only', '--no-emoji', ...without)
} catch (error) {
  const { stdout, stderr, message } = error as { stdout?: Buffer; stderr?: Buffer; message: string }
  console.error(`${message}\n${stdout ?? ''}${stderr ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
