import { CommandError } from '../command-error.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import type { BadRow, RowFormat } from '../input/row.ts'

/** An input without a token in this number of first rows has another form. */
const MAX_EARLY_ROWS = 10

/** The rows without a token before the first one with a token: they show whether an input is read correctly. */
export class EarlyRows {
  readonly #name: string
  readonly #format: RowFormat
  readonly #rows: BadRow[] = []
  #empty = 0

  /**
   * @param name The input's name in messages.
   * @param format Creates rows from its lines, and knows the other formats.
   */
  constructor(name: string, format: RowFormat) {
    this.#name = name
    this.#format = format
  }

  /** All of them so far. */
  get rows(): readonly BadRow[] {
    return this.#rows
  }

  /**
   * Adds a row.
   *
   * @throws CommandError when there are too many
   */
  add(row: BadRow): void {
    this.#rows.push(row)
    if (this.#rows.length === MAX_EARLY_ROWS) throw this.#noTokens(`Its first ${MAX_EARLY_ROWS} rows have no tokens`)
  }

  /** Counts a row with nothing in the column of the tokens. */
  addEmpty(): void {
    this.#empty++
  }

  /**
   * The input ends without a token.
   *
   * @throws CommandError where it should have had some: a wrong column must not pass for tokens that are all revoked
   */
  end(): void {
    if (this.#rows.length === 0 && this.#empty > 0) throw this.#onlyEmpty()
    if (this.#rows.length > 0 && this.#format.advice() !== undefined) throw this.#noTokens('It has no tokens')
  }

  #onlyEmpty(): CommandError {
    const why = `the column of the tokens has nothing in ${formatCount(this.#empty)} rows.`
    const sentences = [`There is no token in ${this.#name}: ${why}`, this.#format.advice(), 'Nothing was sent.']
    return new CommandError(ExitCode.usage, sentences.filter(Boolean).join(' '))
  }

  #noTokens(what: string): CommandError {
    const [first] = this.#rows
    const problem = first && `Line ${first.line}: ${first.problem}`
    const sentences = [`${this.#name} cannot be read. ${what}.`, problem, this.#format.advice(), 'Nothing was sent.']
    return new CommandError(ExitCode.usage, sentences.filter(Boolean).join(' '))
  }
}
