/**
 * Runs the packages' own tests, and those of faults and of third-party providers, in another version of Node.js than
 * the repository's: `npm run test:node -- 22`. One suite after the other; a matrix in CI does it for each version.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const suites = globSync(['packages/*/package.json', 'tests/{faults,interop}/package.json'], { cwd: root })
  .filter((file) => /"test": "vitest run/.test(readFileSync(join(root, file), 'utf8')))
  .map((file) => dirname(file))
  .sort()

// The versions that `tests/runtimes` installs from npm.
const installed = join(root, 'tests/runtimes/node_modules')
const versions = readdirSync(installed).flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? [])
const [version = '', ...options] = process.argv.slice(2)
if (!versions.includes(version)) throw new Error(`Name one of these versions of Node.js: ${versions.join(', ')}`)

const node = join(installed, `node${version}/bin/node`)
// Tests also start programs with `node`.
const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
spawnSync('turbo', ['run', 'build', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit' })
const failed: string[] = []
for (const suite of suites) {
  console.log(`\n${suite} in Node.js ${version}`)
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--coverage.enabled=false', ...options]
  const { status } = spawnSync(node, vitest, { cwd: join(root, suite), env, stdio: 'inherit' })
  if (status !== 0) failed.push(suite)
}
console.log(`\nNode.js ${version}: ${suites.length - failed.length} of ${suites.length} suites passed`)
if (failed.length > 0) {
  console.error(`These did not: ${failed.join(', ')}`)
  process.exitCode = 1
}
