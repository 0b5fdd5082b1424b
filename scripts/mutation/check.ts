/**
 * Checks that each promise of `SECURITY.md` has a guard, that the guards still fit the code and the tests, and that
 * none is a survivor. It takes a second, because it runs nothing. `npm run mutate -- --new` tries guards that have no
 * result yet.
 */

import { join } from 'node:path'
import { faultsOf } from './faults.ts'
import { guards } from './guards/index.ts'
import { keyOf, readResults } from './table.ts'

const root = join(import.meta.dirname, '../..')
const results = readResults(join(root, 'docs/security-mutations.md'))
const survivors = guards.filter((mutation) => results.get(keyOf(mutation)) === 'SURVIVED')
const untried = guards.filter((mutation) => !results.has(keyOf(mutation)))
const problems = [
  ...faultsOf(root, guards),
  ...survivors.map(({ guard, test }) => `${guard}: a survivor. Make "${test.name}" in ${test.file} stronger.`),
]
for (const { guard } of untried) console.warn(`${guard}: not tried yet.`)
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error('\nFix the entries in scripts/mutation/guards, then run `npm run mutate -- --new` and commit the page.')
  process.exitCode = 1
}
