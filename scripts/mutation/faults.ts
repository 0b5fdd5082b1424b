import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Mutation, withoutGuard } from './mutation.ts'
import { readPromises } from './promises.ts'
import { syntaxError } from './valid-code.ts'

/** The reasons why mutations cannot be tried as they are written: the code, the tests or the promises have changed. */
export function faultsOf(root: string, mutations: readonly Mutation[]): string[] {
  const promises = readPromises(root)
  const read = (file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '')

  // Names of tests may come from a table in another file.
  const textOf = (file: string): string => {
    const text = read(file)
    const imported = Array.from(text.matchAll(/from '(\.[^']*)'/g), ([, path = '']) => join(dirname(file), path))
    return [text, ...imported.map(read)].join('\n')
  }

  const faults = mutations.flatMap(({ promise, guard, file, find, replace, test }) => {
    const rows = promises.filter(({ text }) => text.startsWith(promise))
    const code = read(file)
    const occurrences = code.split(find).length - 1
    const invalid = file.endsWith('.ts') && syntaxError(withoutGuard(code, { find, replace }))
    return [
      rows.length !== 1 && `SECURITY.md has ${rows.length} promises that begin with "${promise}"`,
      rows[0] && !rows[0].tests.includes(test.file) && `SECURITY.md does not name ${test.file} for "${promise}"`,
      occurrences !== 1 && `${file} has ${occurrences} times: ${find}`,
      find === replace && 'nothing is taken out',
      invalid && `without it, ${file} is not valid: ${invalid}`,
      !textOf(test.file).includes(test.name) && `${test.file} has no test called "${test.name}"`,
    ].flatMap((fault) => (fault ? `${guard}: ${fault}.` : []))
  })
  const unproven = promises
    .filter(({ text }) => !mutations.some(({ promise }) => text.startsWith(promise)))
    .map(({ text }) => `No guard is listed for the promise "${text}".`)
  return [...faults, ...unproven]
}
