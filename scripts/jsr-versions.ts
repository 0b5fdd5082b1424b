/**
 * Gives each package that goes to JSR the version of core, as all published packages share one: writes it into the
 * `deno.json` files below `packages`. Runs after `changeset version`. With `--check` nothing is written; it fails where
 * a version differs.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (path: string): { version: string } => JSON.parse(readFileSync(path, 'utf8'))
const root = join(import.meta.dirname, '..')
const { version } = read(join(root, 'packages/core/package.json'))
for (const file of globSync('packages/*/deno.json', { cwd: root })) {
  const path = join(root, file)
  if (read(path).version === version) continue
  if (process.argv.includes('--check')) {
    console.error(`${file} is not at version ${version}. Run \`node scripts/jsr-versions.ts\` and commit the result.`)
    process.exitCode = 1
  } else {
    writeFileSync(path, readFileSync(path, 'utf8').replace(/("version": )"[^"]*"/, `$1"${version}"`))
  }
}
