import { printable } from '../terminal/printable.ts'
import { isMissing } from './no-token.ts'
import type { Kept, Row } from './row.ts'
import { tokenIn } from './token-line.ts'

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

/** Longer values are cut: they only serve to find the row again. */
const MAX_KEPT_CHARACTERS = 256
/** Texts that spreadsheets interpret as a formula. Numbers with a sign are not formulas. */
const FORMULA = /^[=+\-@\t\r\n]/
const SIGNED_NUMBER = /^[+-]?\d[\d .,]*$/
/** A JWT after the text before it. Only the first `eyJ` of a word is tried: each of thousands would be read to the end. */
const JWT = /(?<![\w-])((?:(?!eyJ)[\w-])*)eyJ[\w-]{6,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}/g

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
  const found = tokenIn(value.trim())
  const kept = choice.keep.length > 0 ? keep(choice, value.trim(), cell) : undefined
  if (found.token === undefined) return { line, problem: found.problem, kept }
  const hint = choice.hint === undefined ? undefined : cell(choice.hint) || undefined
  const client = choice.client === undefined ? undefined : (cell(choice.client)?.trim() ?? '')
  return { line, token: found.token, hint, client, kept }
}

function keep({ keep }: ColumnChoice, token: string, cell: (name: string) => string | undefined): Kept {
  return Object.fromEntries(keep.map((name) => [printable(name), keptValue(cell(name) ?? '', token)]))
}

/**
 * Makes a value of a third party's table safe to keep: without tokens, without characters that hide text or change its
 * direction, and without formulas for spreadsheets.
 *
 * @param token The token of the same row.
 */
export function keptValue(value: string, token?: string): string {
  const withoutToken = token === undefined ? value : value.replaceAll(token, '[masked]')
  const masked = withoutToken.replace(JWT, '$1[masked]')
  const cut = masked.length > MAX_KEPT_CHARACTERS ? `${masked.slice(0, MAX_KEPT_CHARACTERS)}…` : masked
  const harmless = FORMULA.test(cut.trimStart()) && !SIGNED_NUMBER.test(cut) ? `'${cut}` : cut
  return printable(harmless)
}
