/**
 * Writes the version of core, which all published packages share, to the other places that state it: the `deno.json`
 * of the package on JSR, which also states the version of core that it imports from npm, and the `User-Agent`. Runs after `changeset version`. With `--check`, it writes
 * nothing, and fails if a version differs.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { version: string }
const places = [
  ...globSync('packages/*/deno.json', { cwd: root }).flatMap((file) => [
    { file, pattern: /(?<="version": ")[^"]*/ },
    { file, pattern: /(?<="npm:@backend-logout\/core@\^)[^"]*/ },
  ]),
  { file: 'packages/core/src/user-agent.ts', pattern: /(?<=VERSION = ')[^']*/ },
]
for (const { file, pattern } of places) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  if (pattern.exec(text)?.[0] === version) continue
  if (process.argv.includes('--check')) {
    console.error(`${file} is not at version ${version}. Run \`node scripts/jsr-versions.ts\` and commit the result.`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text.replace(pattern, version))
  }
}
