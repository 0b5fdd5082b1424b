import { printable } from '../terminal/printable.ts'
import { keptValue } from './kept-value.ts'
import { isMissing } from './no-token.ts'
import type { Kept, Row } from './row.ts'
import { tokenInCell } from './token-line.ts'

/** The columns of a table, or members of a JSON object, that a command reads. */
export interface ColumnChoice {
  /** The column of the tokens. */
  readonly token: string
  /** The member with the type of the token; only JSON objects have one. */
  readonly hint?: string | undefined
  /** The column with the id of the token's client. */
  readonly client?: string | undefined
  /** The values that each of these columns may have. */
  readonly where: ReadonlyMap<string, ReadonlySet<string>>
  /** The columns to copy into the output. */
  readonly keep: readonly string[]
}

/** All columns that an input must have. */
export function neededColumns({ token, client, where, keep }: ColumnChoice): string[] {
  return [...new Set([token, ...(client === undefined ? [] : [client]), ...where.keys(), ...keep])]
}

/**
 * Makes a row of one record.
 *
 * @param cell Returns the value of a column; `undefined` if the record has none.
 * @param problemOf Returns why the record cannot have a token; called only for records that meet the conditions.
 */
export function chooseRow(
  choice: ColumnChoice,
  line: number,
  cell: (name: string) => string | undefined,
  problemOf?: () => string | undefined,
): Row {
  for (const [name, values] of choice.where) {
    if (!values.has(cell(name)?.trim() ?? '')) return { line, leftOut: 'filtered' }
  }
  const problem = problemOf?.()
  if (problem !== undefined) return { line, problem }
  const value = cell(choice.token)
  if (value === undefined || isMissing(value.trim())) return { line, leftOut: 'empty' }
  const found = tokenInCell(value.trim())
  const kept = choice.keep.length > 0 ? keep(choice, value.trim(), cell) : undefined
  if (found.token === undefined) return { line, problem: found.problem, kept }
  const hint = choice.hint === undefined ? undefined : cell(choice.hint) || undefined
  const client = choice.client === undefined ? undefined : (cell(choice.client)?.trim() ?? '')
  return { line, token: found.token, hint, client, kept }
}

function keep({ keep }: ColumnChoice, token: string, cell: (name: string) => string | undefined): Kept {
  return Object.fromEntries(keep.map((name) => [printable(name), keptValue(cell(name) ?? '', token)]))
}
