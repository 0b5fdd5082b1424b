/**
 * Proves that the tests hold every promise of `SECURITY.md`: takes one guard at a time out of a copy of the workspace and
 * runs the test that has to notice. The results go to `docs/security-mutations.md`.
 *
 * `npm run mutate` tries every guard; `npm run mutate -- TEXT` those with this text in their guard, file or promise;
 * `npm run mutate -- --new` those without a result.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { faultsOf } from './faults.ts'
import { guards } from './guards/index.ts'
import type { Mutation } from './mutation.ts'
import { readPromises } from './promises.ts'
import { isCalled, runTests } from './run-tests.ts'
import { keyOf, type Result, readResults, renderPage } from './table.ts'
import { copyTree } from './tree-copy.ts'

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/security-mutations.md')
const { positionals, values } = parseArgs({ allowPositionals: true, options: { new: { type: 'boolean' } } })

const faults = faultsOf(root, guards)
for (const fault of faults) console.error(fault)
const results = readResults(page)
const chosen = guards
  .filter((mutation) => positionals.every((text) => JSON.stringify(mutation).includes(text)))
  .filter((mutation) => !values.new || !results.has(keyOf(mutation)))
  // What does not apply has been reported.
  .filter((mutation) => faultsOf(root, [mutation]).every((fault) => !fault.startsWith(mutation.guard)))

const problems = [...faults]
await using copy = await copyTree(root)
await proveTestsPass()
for (const [index, mutation] of chosen.entries()) {
  const startedAt = performance.now()
  const result = await tryWithout(mutation)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${index + 1}/${chosen.length} ${result} (${seconds} s): ${mutation.guard}`)
  // Written each time, so that a run which is broken off has not been for nothing.
  writeFileSync(page, renderPage(readPromises(root), guards, results))
}
console.log(`\n${chosen.length} guards tried, ${problems.length} problems`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** A test that fails anyway would prove nothing. */
async function proveTestsPass(): Promise<void> {
  const files = Map.groupBy(chosen, ({ test }) => test.file)
  for (const [file, mutations] of files) {
    const names = mutations.map(({ test }) => test.name)
    const { passed, failed, output } = await runTests(copy.folder, file, names)
    const missing = names.filter((name) => !passed.some((fullName) => isCalled(fullName, name)))
    if (failed.length === 0 && missing.length === 0) continue
    throw new Error(`With all guards in place, ${file} fails: ${[...failed, ...missing].join(', ')}\n${output}`)
  }
}

async function tryWithout(mutation: Mutation): Promise<string> {
  const { guard, test } = mutation
  using _ = copy.without(mutation)
  const { passed, failed, hung, output } = await runTests(copy.folder, test.file, [test.name])
  const result: Result = failed.length > 0 || hung ? 'red' : 'SURVIVED'
  if (passed.length + failed.length === 0 && !hung) {
    results.delete(keyOf(mutation))
    problems.push(`${guard}: no test ran, so nothing is proven.\n${output}`)
    return 'INVALID'
  }
  results.set(keyOf(mutation), result)
  if (result === 'SURVIVED') problems.push(`${guard}: "${test.name}" in ${test.file} passes without it.`)
  return hung ? 'red, as it hangs' : result
}
