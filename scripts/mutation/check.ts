/**
 * Checks that the list of guards still fits the code, the tests and `SECURITY.md`, and that each of them has been tried as
 * it stands: cheap, as nothing is run. `npm run mutate -- --new` tries those that have not been.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOf } from './faults.ts'
import { guards } from './guards/index.ts'
import { readPromises } from './promises.ts'
import { keyOf, readResults, renderPage } from './table.ts'

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/security-mutations.md')
const results = readResults(page)
const problems = [
  ...faultsOf(root, guards),
  ...guards.flatMap((mutation) => {
    const result = results.get(keyOf(mutation))
    if (result === 'red') return []
    return result
      ? `${mutation.guard}: a survivor. Its test has to be made stronger.`
      : `${mutation.guard}: not tried yet.`
  }),
]
if (problems.length === 0 && renderPage(readPromises(root), guards, results) !== readFileSync(page, 'utf8'))
  problems.push('docs/security-mutations.md is not up to date.')
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error('\nBring scripts/mutation/guards in line, then run `npm run mutate -- --new` and commit the page.')
  process.exitCode = 1
}
