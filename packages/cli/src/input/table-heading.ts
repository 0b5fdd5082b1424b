import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { type ColumnChoice, neededColumns } from './column-choice.ts'
import { quoteName, showColumns } from './column-names.ts'
import { type SeparatedLine, separatedLine } from './line-separators.ts'
import { type NumberedLine, OpenRow } from './open-row.ts'
import { splitLine } from './table-line.ts'

const DELIMITERS = [',', '\t', ';', '|'] as const

/** The heading of a table. */
export interface TableColumns {
  readonly delimiter: string
  readonly names: readonly string[]
  /** The position of a column; -1 for an unknown name. */
  readonly indexOf: (name: string) => number
}

type Reading = Omit<TableColumns, 'indexOf'>

/** Reads the heading of a table, and finds its delimiter. */
export class TableHeading {
  readonly #choice: ColumnChoice
  readonly #name: string
  /** The heading with each delimiter that fits the lines so far. */
  #readings = DELIMITERS.map((delimiter) => ({ delimiter, row: new OpenRow(), isOpen: false }))
  /** The heading's first line, if other characters than LF seem to separate lines. */
  #separated: SeparatedLine | undefined

  /** @param name The input's name in messages. */
  constructor(choice: ColumnChoice, name: string) {
    this.#choice = choice
    this.#name = name
  }

  /**
   * Reads the next line.
   *
   * @returns `undefined` if the heading continues in the next line
   * @throws CommandError when it is not the heading of a table with the needed columns
   */
  add(line: NumberedLine): TableColumns | undefined {
    if (!this.#isOpen && line.text.trim() === '') return undefined
    if (!this.#isOpen) this.#separated = separatedLine(line.text)
    this.#readings = this.#readings.filter((reading) => {
      const cells = splitLine(line.text, reading.delimiter, reading.isOpen)
      if (!cells) return false
      reading.row.add({ ...line, ...cells })
      reading.isOpen = cells.isOpen
      return true
    })
    const needed = neededColumns(this.#choice)
    let best: Reading | undefined
    for (const { delimiter, row, isOpen } of this.#readings) {
      if (isOpen) return this.#continue(row)
      const names = row.close().cells.map((cell) => cell.trim())
      const isComplete = needed.every((name) => names.includes(name))
      if (isComplete || names.length > (best?.names.length ?? 0)) best = { delimiter, names }
      if (isComplete) break
    }
    this.#checkSeparators(needed)
    return best ? this.#columnsOf(best, needed) : this.#refuseQuotes()
  }

  /** A character inside one name is harmless. Rows are lost if it ends a heading that is complete. */
  #checkSeparators(needed: readonly string[]): void {
    if (!this.#separated) return
    const { first, advice } = this.#separated
    for (const delimiter of DELIMITERS) {
      const names = splitLine(first, delimiter, false)?.cells.map((cell) => cell.trim()) ?? []
      if (needed.every((name) => names.includes(name))) this.#refuse(advice)
    }
  }

  /** Call it when there are no more lines. @throws CommandError when the heading is incomplete */
  end(): void {
    if (this.#isOpen) this.#refuseQuotes()
  }

  /** Refuses a table without rows whose lines may all be in the heading. @throws CommandError */
  checkAlone({ names }: TableColumns): void {
    if (names.some(looksLikeToken)) this.#refuse('It has only a heading, and that looks like data without line breaks.')
  }

  get #isOpen(): boolean {
    return this.#readings.some(({ isOpen }) => isOpen)
  }

  #continue(row: OpenRow): undefined {
    if (row.isTooLong) this.#refuseQuotes()
    this.#readings = this.#readings.filter(({ isOpen }) => isOpen)
  }

  #columnsOf({ delimiter, names }: Reading, needed: readonly string[]): TableColumns {
    for (const name of needed) {
      const found = names.filter((column) => column === name).length
      if (found === 1) continue
      const what = found === 0 ? 'no column' : `${found} columns`
      if (this.#separated) this.#refuse(this.#separated.advice)
      this.#refuse(`It has ${what} ${quoteName(name)}. Its first line has ${showColumns(names)}.`)
    }
    const positions = new Map(names.map((name, at) => [name, at]))
    return { delimiter, names, indexOf: (name) => positions.get(name) ?? -1 }
  }

  #refuseQuotes(): never {
    return this.#refuse('The quotes in its heading do not match.')
  }

  #refuse(why: string): never {
    throw new CommandError(ExitCode.usage, `${this.#name} cannot be read as a table. ${why} Nothing was sent.`)
  }
}

/** Names of columns have a digit before a letter once or twice: `oauth2_token`, `last_30days_2nd`. */
function looksLikeToken(name: string): boolean {
  return name.length >= 16 && /^[!-~]+$/.test(name) && (name.match(/\d[a-z]/gi)?.length ?? 0) >= 3
}
