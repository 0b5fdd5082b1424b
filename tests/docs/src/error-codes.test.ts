import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_MEANING, type LogoutErrorCode } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { root } from './repository.ts'

const codes = Object.keys(ERROR_MEANING) as LogoutErrorCode[]
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The rows of all tables in a text, each as its cells without code marks. */
function rows(text: string): string[][] {
  const lines = text.match(/^[* ]*\|.*\|$/gm) ?? []
  return lines.map((line) =>
    line
      .replace(/^[* ]*\||\|$/g, '')
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

test('the errors guide has a row for each code that matches the table', () => {
  const table = rows(read('docs/guides/errors.md')).filter(([code]) => codes.includes(code as never))
  const expected = codes.map((code) => {
    const { concerns, retryable, token } = ERROR_MEANING[code]
    return [code, concerns, retryable ? 'yes' : 'no', token]
  })
  expect(table).toEqual(expected)
})

test('the errors guide has a section for each code', () => {
  const sections = [...read('docs/guides/errors.md').matchAll(/^### (.*)$/gm)].flatMap(([, heading]) =>
    String(heading).split(', '),
  )
  expect(sections.toSorted()).toEqual(codes.toSorted())
})

test.each(['packages/core/README.md', 'packages/core/src/codes.ts'])('%s names each code once', (path) => {
  const named = rows(read(path)).flatMap(([first]) => String(first).split(', '))
  expect(named.filter((code) => codes.includes(code as never)).toSorted()).toEqual(codes.toSorted())
})
