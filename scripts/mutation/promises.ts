import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A row of the tables in `SECURITY.md`. */
export interface SecurityPromise {
  readonly text: string
  /** The test files that it links to. */
  readonly tests: readonly string[]
}

/** Reads the promises of `SECURITY.md`, and the tests that it names for each of them. */
export function readPromises(root: string): SecurityPromise[] {
  const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  return Array.from(page.matchAll(/^\| (?<text>.+?) \| (?<links>.*\]\(.*) \|$/gm), ({ groups }) => ({
    text: groups?.text ?? '',
    tests: Array.from((groups?.links ?? '').matchAll(/\]\(([^)]+)\)/g), ([, file = '']) => file),
  }))
}
