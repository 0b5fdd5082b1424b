import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Relative imports of a declaration, which name sources. */
const IMPORTS = /(?:from |import\()["'](\.[^"']+)\.ts["']/g

/**
 * Removes the declarations in `dist` that no entry imports, directly or through others: those of a bundle's internal
 * modules.
 *
 * @param entries The sources of the entries, such as `src/index.ts`.
 */
export function pruneDeclarations(entries: readonly string[]): void {
  let reached = reachable(entries)
  if (![...reached].every((file) => existsSync(file))) {
    // TypeScript writes a declaration only when its source has changed, even if it was removed here.
    execFileSync('tsc', ['--build', '--force', 'tsconfig.build.json'], { stdio: 'inherit' })
    reached = reachable(entries)
  }
  for (const file of globSync('dist/**/*.d.ts')) if (!reached.has(file)) rmSync(file)
}

function reachable(entries: readonly string[]): Set<string> {
  const files = new Set(entries.map((entry) => entry.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts')))
  // A set also iterates over what is added meanwhile.
  for (const file of files) {
    if (!existsSync(file)) continue
    for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORTS)) files.add(join(file, '..', `${name}.d.ts`))
  }
  return files
}
