/**
 * Proves that the tests hold every promise of `SECURITY.md`: removes one guard at a time from a copy of the workspace
 * and runs the test that must notice. The results go to `docs/security-mutations.md`.
 *
 * `npm run mutate` tries every guard; `npm run mutate -- TEXT` those with this text in their guard, file or promise;
 * `npm run mutate -- --new` those without a result.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { faultsOf } from './faults.ts'
import { guards } from './guards/index.ts'
import { type Mutation, withoutGuard } from './mutation.ts'
import { readPromises } from './promises.ts'
import { isCalled, runTests } from './run-tests.ts'
import { keyOf, type Result, readResults, renderPage } from './table.ts'
import { copyTree } from './tree-copy.ts'
import { undeclaredNames } from './valid-code.ts'

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/security-mutations.md')
const { positionals, values } = parseArgs({ allowPositionals: true, options: { new: { type: 'boolean' } } })

const faults = faultsOf(root, guards)
for (const fault of faults) console.error(fault)
const results = readResults(page)
const chosen = guards
  .filter((mutation) => positionals.every((text) => JSON.stringify(mutation).includes(text)))
  .filter((mutation) => !values.new || !results.has(keyOf(mutation)))
  // Mutations that do not apply have been reported.
  .filter((mutation) => faultsOf(root, [mutation]).every((fault) => !fault.startsWith(mutation.guard)))

const problems = [...faults]
await using copy = await copyTree(root)
const proven = await withPassingTests(chosen)
for (const [index, mutation] of proven.entries()) {
  const startedAt = performance.now()
  const result = await tryWithout(mutation)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${index + 1}/${proven.length} ${result} (${seconds} s): ${mutation.guard}`)
  // Written each time, so that the results of an interrupted run are kept.
  writeFileSync(page, renderPage(readPromises(root), guards, results))
}
console.log(`\n${proven.length} guards tried, ${problems.length} problems`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** Omits mutations whose tests fail anyway: they would prove nothing. */
async function withPassingTests(mutations: readonly Mutation[]): Promise<Mutation[]> {
  const passing: Mutation[] = []
  for (const [file, those] of Map.groupBy(mutations, ({ test }) => test.file)) {
    const { passed, failed, output } = await runTests(
      copy.folder,
      file,
      those.map(({ test }) => test.name),
    )
    for (const mutation of those) {
      const { name } = mutation.test
      const fails = failed.some((fullName) => isCalled(fullName, name))
      const runs = passed.some((fullName) => isCalled(fullName, name))
      if (runs && !fails) passing.push(mutation)
      else
        problems.push(`With all guards in place, "${name}" in ${file} ${fails ? 'fails' : 'does not run'}.\n${output}`)
    }
  }
  return passing
}

async function tryWithout(mutation: Mutation): Promise<string> {
  const { guard, file, test } = mutation
  const code = readFileSync(join(root, file), 'utf8')
  const undeclared = file.endsWith('.ts') ? undeclaredNames(code, withoutGuard(code, mutation)) : []
  if (undeclared.length > 0) {
    results.delete(keyOf(mutation))
    problems.push(`${guard}: without it, ${file} throws: ${undeclared.join(' ')}`)
    return 'INVALID'
  }
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
