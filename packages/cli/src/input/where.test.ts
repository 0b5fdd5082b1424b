import { expect, test } from 'vitest'
import type { ColumnChoice } from './column-choice.ts'
import { createRowFormat } from './row-format.ts'

/** Reads lines with conditions such as `client=web`, and returns the end of them. */
function reading(lines: readonly string[], conditions: Record<string, string>) {
  const where = Object.entries(conditions).map(([name, value]): [string, Set<string>] => [name, new Set([value])])
  const choice: ColumnChoice = { token: 'token', where: new Map(where), keep: [] }
  const rows = createRowFormat(choice, 'leaked.csv')
  for (const [at, text] of lines.entries()) rows.add({ text }, at + 1)
  return () => rows.end()
}

const table = ['user,client,token', 'u1,web,abc-1', 'u2,web,abc-2']
const objects = ['{"user":"u1","client":"web","token":"abc-1"}', '{"user":"u2","client":"web","token":"abc-2"}']

test.each([
  ['a table', table],
  ['objects', objects],
])('%s in which no row meets --where is refused, and the value is not shown', (_what, lines) => {
  expect(reading(lines, { client: 's3cret' })).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message:
        'There is no token in leaked.csv: none of its 2 rows has the value of --where in the column "client". Nothing was sent.',
    }),
  )
  expect(reading(lines, { client: 'web', user: 'u3' })).toThrow('in the columns "client" and "user".')
})

test('a row whose quotes are known to be open only at the end counts as well', () => {
  expect(reading([...table, 'u3,ios,"abc'], { client: 'ios' })).not.toThrow()
})

test.each([
  ['rows that meet it', table, { client: 'web' }],
  ['a row that meets it without a token', [...table, 'u3,ios,'], { client: 'ios' }],
  ['a row that cannot be read', [...table, 'u3,io,s,abc-3'], { client: 'ios' }],
  ['no rows', table.slice(0, 1), { client: 'web' }],
  ['nothing', [], { client: 'web' }],
])('an input with %s is accepted', (_what, lines, conditions) => {
  expect(reading(lines, conditions)).not.toThrow()
})
