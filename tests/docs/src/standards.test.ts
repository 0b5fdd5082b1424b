import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const table = readFileSync(join(root, 'docs/standards.md'), 'utf8')
const references = [...table.matchAll(/\| `(?<file>[^`]+)` › (?<name>.+?) \|$/gm)].map(
  ({ groups }) => groups as { file: string; name: string },
)

test('every line of the table of standards names a test', () => {
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| § '))
  expect(references).toHaveLength(rows.length)
})

test.each(references)('the test that the table of standards names exists: $file › $name', ({ file, name }) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(name)
})
