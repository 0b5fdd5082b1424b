/**
 * Checks the package for JSR, offline: versions are equal, types are valid under Deno, everything public is documented,
 * and JSR would accept a publication.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const entries = globSync('packages/*/deno.json', { cwd: root }).flatMap((file) => {
  const { exports } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { exports: string | Record<string, string> }
  return Object.values(typeof exports === 'string' ? [exports] : exports).map((entry) => join(dirname(file), entry))
})

const checks: readonly (readonly [command: string, ...args: string[]])[] = [
  ['node', 'scripts/jsr-versions.ts', '--check'],
  ['deno', 'check', '--quiet', ...entries],
  ['deno', 'doc', '--quiet', '--lint', ...entries],
  ['deno', 'publish', '--quiet', '--dry-run', '--allow-dirty'],
]
for (const [command, ...args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status === 0) continue
  console.error(`${stdout}${stderr}\n${[command, ...args].join(' ')}: failed`)
  process.exitCode = 1
}
