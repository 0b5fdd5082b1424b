import { CommandError } from '../command-error.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import type { ColumnChoice } from './column-choice.ts'
import { quoteName } from './column-names.ts'
import { beginsArray, jsonAdvice } from './json-form.ts'
import { type Line, problemWithAdvice } from './line-reader.ts'
import { ObjectRows } from './object-rows.ts'
import { PlainRows } from './plain-rows.ts'
import type { Row, RowFormat } from './row.ts'
import { TableRows } from './table-rows.ts'

/**
 * Creates the reader of an input's rows.
 *
 * @param choice The columns to read. Without it, each line is a token.
 * @param name The input's name in messages.
 */
export function createRowFormat(choice: ColumnChoice | undefined, name: string): RowFormat {
  if (!choice) return new PlainRows()
  return new ColumnRows(choice, name)
}

/** Reads a table or JSON objects, depending on the first line. */
class ColumnRows implements RowFormat {
  readonly #choice: ColumnChoice
  readonly #name: string
  #format: RowFormat | undefined
  /** The number of rows that `--where` leaves out. */
  #filtered = 0
  /** True once a row was not left out by it. */
  #hasOthers = false

  constructor(choice: ColumnChoice, name: string) {
    this.#choice = choice
    this.#name = name
  }

  add(line: Line, number: number): readonly Row[] {
    if (!this.#format && line.text?.trim() === '') return []
    if (!this.#format && line.problem !== undefined) throw this.#unreadable(line.problem, number)
    if (!this.#format && beginsArray(line.text ?? '')) {
      throw new CommandError(
        ExitCode.usage,
        `${this.#name} cannot be read. ${jsonAdvice(line.text ?? '')} Nothing was sent.`,
      )
    }
    const Format = line.text?.trimStart().startsWith('{') ? ObjectRows : TableRows
    this.#format ??= new Format(this.#choice, this.#name)
    return this.#counted(this.#format.add(line, number))
  }

  /** @throws CommandError when `--where` has left out all rows */
  end(): readonly Row[] {
    const rows = this.#counted(this.#format?.end() ?? [])
    if (this.#filtered > 0 && !this.#hasOthers) throw this.#noneMeetsWhere()
    return rows
  }

  advice(): string | undefined {
    return this.#format?.advice() ?? `Are the tokens in another column than ${quoteName(this.#choice.token)}?`
  }

  /** Without the first line, it is not known how to read the others: that of a table names the columns. */
  #unreadable(problem: string, number: number): CommandError {
    const why = `Line ${number}: ${problemWithAdvice(problem)}`
    return new CommandError(ExitCode.usage, `${this.#name} cannot be read. ${why} Nothing was sent.`)
  }

  #counted(rows: readonly Row[]): readonly Row[] {
    for (const row of rows) {
      if (row.token === undefined && row.problem === undefined && row.leftOut === 'filtered') this.#filtered++
      else this.#hasOthers = true
    }
    return rows
  }

  /** A mistyped value must not pass for an input whose tokens are revoked. It is not shown: it may be a misplaced token. */
  #noneMeetsWhere(): CommandError {
    const names = [...this.#choice.where.keys()].map(quoteName)
    const columns = `${names.length > 1 ? 'columns' : 'column'} ${names.join(' and ')}`
    return new CommandError(
      ExitCode.usage,
      `There is no token in ${this.#name}: none of its ${formatCount(this.#filtered)} rows has the value of --where in the ` +
        `${columns}. Nothing was sent.`,
    )
  }
}
