import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Mutation } from './mutation.ts'
import type { SecurityPromise } from './promises.ts'

/** The observation after removing a guard. */
export type Result = 'red' | 'SURVIVED'

const HEAD = `<!-- Written by \`npm run mutate\`. Do not edit. -->

# What holds the promises

Each promise in [SECURITY](../SECURITY.md) is kept by code, and tests hold the code to it. To prove that they do,
\`npm run mutate\` takes one guard at a time out of a copy of the repository and runs the test that has to notice. **Red**
means that it did: without the guard, the test fails. A guard whose removal goes unnoticed is listed as a survivor, and the
command fails.
`

/** The results in a page, by guard. */
export function readResults(page: string): Map<string, Result> {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : ''
  return new Map(
    Array.from(text.matchAll(/ (red|SURVIVED) <!-- (\w+) -->/g), ([, result, key = '']) => [key, result as Result]),
  )
}

/**
 * Distinguishes a guard from all others. Its code and the name of its test are not part of it: they change when a file
 * is edited, and each run checks that they still fit. The nightly run tries all guards again.
 */
export function keyOf({ guard, file, test }: Mutation): string {
  return createHash('sha256')
    .update(JSON.stringify([guard, file, test.file]))
    .digest('hex')
    .slice(0, 8)
}

/** The page with all results. Mutations without a result are left out. */
export function renderPage(
  promises: readonly SecurityPromise[],
  mutations: readonly Mutation[],
  results: ReadonlyMap<string, Result>,
): string {
  const tried = mutations.filter((mutation) => results.has(keyOf(mutation))).length
  const lines = [
    HEAD,
    `${tried} of ${mutations.length} listed guards have been tried.\n`,
    '| promise | without this | in | this test fails | result |',
    '|---|---|---|---|---|',
  ]
  for (const { text } of promises) {
    const rows = mutations.filter(({ promise }) => text.startsWith(promise))
    for (const [index, mutation] of rows.entries()) {
      const { guard, file, test } = mutation
      const key = keyOf(mutation)
      const result = results.get(key)
      if (result === undefined) continue
      lines.push(
        `| ${[index === 0 ? text : '', guard, linkTo(file), `${linkTo(test.file)}: ${cell(test.name)}`, `${result} <!-- ${key} -->`].join(' | ')} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

const linkTo = (file: string): string => `[${file.split('/').at(-1)}](../${file})`
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
