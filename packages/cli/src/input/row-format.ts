import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { ColumnChoice } from './column-choice.ts'
import { quoteName } from './column-names.ts'
import { beginsArray, jsonAdvice } from './json-form.ts'
import type { Line } from './line-reader.ts'
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

  constructor(choice: ColumnChoice, name: string) {
    this.#choice = choice
    this.#name = name
  }

  add(line: Line, number: number): readonly Row[] {
    if (!this.#format && line.text?.trim() === '') return []
    if (!this.#format && beginsArray(line.text ?? '')) {
      throw new CommandError(
        ExitCode.usage,
        `${this.#name} cannot be read. ${jsonAdvice(line.text ?? '')} Nothing was sent.`,
      )
    }
    const Format = line.text?.trimStart().startsWith('{') ? ObjectRows : TableRows
    this.#format ??= new Format(this.#choice, this.#name)
    return this.#format.add(line, number)
  }

  end(): readonly Row[] {
    return this.#format?.end() ?? []
  }

  advice(): string | undefined {
    return this.#format?.advice() ?? `Are the tokens in another column than ${quoteName(this.#choice.token)}?`
  }
}
