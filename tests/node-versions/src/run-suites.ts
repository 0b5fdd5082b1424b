/**
 * Runs the suites of the packages for Node.js, and those of faults and of foreign providers, in the versions of Node.js
 * that the repository itself does not run in. What the suites print is shown only where they fail.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const VERSIONS = ['node22', 'node26']
const SUITES = [
  'packages/core',
  'packages/node',
  'packages/emulator',
  'packages/browser-proxy',
  'packages/outbox',
  'tests/faults',
  'tests/interop',
]

const root = join(import.meta.dirname, '../../..')
const results = join(import.meta.dirname, '../.results')
mkdirSync(results, { recursive: true })

for (const version of VERSIONS) {
  const node = join(import.meta.dirname, `../node_modules/${version}/bin/node`)
  for (const suite of SUITES) {
    const startedAt = performance.now()
    const report = join(results, `${basename(suite)}-${version}.json`)
    // Tests start programs by `node` too.
    const env = { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` }
    const options = ['run', '--coverage.enabled=false', '--reporter=default', '--reporter=json']
    const { status, stdout, stderr } = spawnSync(
      node,
      ['node_modules/vitest/vitest.mjs', ...options, `--outputFile.json=${report}`],
      { cwd: join(root, suite), env, encoding: 'utf8', maxBuffer: 2 ** 28 },
    )
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    console.log(`${version} ${suite}: ${status === 0 ? 'passed' : 'FAILED'} (${seconds} s)`)
    if (status !== 0) {
      console.log(stdout, stderr)
      process.exitCode = 1
    }
  }
}
