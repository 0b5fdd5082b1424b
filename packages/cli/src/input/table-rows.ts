/// <reference path="./papaparse-parts.d.ts" />
import type Papa from 'papaparse'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { type ColumnChoice, chooseRow, neededColumns } from './column-choice.ts'
import { quoteName, showColumns } from './column-names.ts'
import type { Line } from './line-reader.ts'
import type { Row, RowFormat } from './row.ts'

/** The maximum number of lines and characters of a row with open quotes. Beyond that, a quote is missing. */
const MAX_ROW_LINES = 1_000
const MAX_ROW_CHARACTERS = 131_072

const DELIMITERS = [',', '\t', ';', '|'] as const

interface NumberedLine {
  readonly text: string
  readonly number: number
}

/**
 * Reads a table with a heading, separated by commas, tabs, semicolons or bars (RFC 4180). It reads line by line, so
 * that a row can be found by the number of its line, and a missing quote affects only that row.
 */
export class TableRows implements RowFormat {
  readonly #parse: typeof Papa.parse
  readonly #choice: ColumnChoice
  readonly #name: string
  #delimiter: string | undefined
  #columns: readonly string[] | undefined
  #indexOf: (name: string) => number = () => -1
  /** The lines of a row whose quotes are open. */
  #open: NumberedLine[] = []

  /** @param name The input's name in messages. */
  constructor(parse: typeof Papa.parse, choice: ColumnChoice, name: string) {
    this.#parse = parse
    this.#choice = choice
    this.#name = name
  }

  add({ text, problem }: Line, number: number): readonly Row[] {
    if (problem !== undefined) return [...this.end(), { line: number, problem }]
    return this.#addLine({ text: text.endsWith('\r') ? text.slice(0, -1) : text, number })
  }

  end(): readonly Row[] {
    const rows: Row[] = []
    while (this.#open.length > 0) rows.push(...this.#giveUp())
    return rows
  }

  advice(): string | undefined {
    return undefined
  }

  #addLine(line: NumberedLine): readonly Row[] {
    const open = this.#open.length > 0
    if (!open && line.text.trim() === '') return []
    this.#open.push(line)
    // Only another quote can close the row.
    if (open && !line.text.includes('"')) return this.#isTooLong() ? this.#giveUp() : []
    const text = this.#open.map((part) => part.text).join('\n')
    const cells = this.#columns ? this.#cells(text, this.#delimiter) : this.#readHeading(text)
    if (cells === 'open') return this.#isTooLong() ? this.#giveUp() : []
    if (cells === 'broken') return this.#giveUp()
    const [{ number }] = this.#open as [NumberedLine]
    this.#open = []
    return cells === 'heading' ? [] : [this.#rowOf(cells, number)]
  }

  #isTooLong(): boolean {
    return (
      this.#open.length >= MAX_ROW_LINES ||
      this.#open.reduce((sum, { text }) => sum + text.length, 0) > MAX_ROW_CHARACTERS
    )
  }

  /** The first line of an open row is a separate problem; the following lines are separate rows. */
  #giveUp(): readonly Row[] {
    const [first, ...rest] = this.#open as [NumberedLine, ...NumberedLine[]]
    this.#open = []
    if (!this.#columns) throw this.#refuse('The quotes in its heading do not match.')
    const problem = 'The quotes in this row do not match.'
    return [{ line: first.number, problem }, ...rest.flatMap((line) => this.#addLine(line))]
  }

  #rowOf(cells: readonly string[], line: number): Row {
    const columns = this.#columns as readonly string[]
    // A cell that is split in two shifts all that follow, so another value would be in the column of the tokens.
    if (cells.length < columns.length || cells.slice(columns.length).some((cell) => cell !== '')) {
      return { line, problem: `The row has ${cells.length} cells, and the heading has ${columns.length}.` }
    }
    return chooseRow(this.#choice, line, (name) => cells[this.#indexOf(name)])
  }

  #readHeading(text: string): 'heading' | 'open' | 'broken' {
    const needed = neededColumns(this.#choice)
    let best: readonly string[] = []
    for (const delimiter of DELIMITERS) {
      const cells = this.#cells(text, delimiter)
      if (typeof cells === 'string') {
        if (cells === 'open') return 'open'
        continue
      }
      const names = cells.map((cell) => cell.trim())
      if (names.length > best.length || needed.every((name) => names.includes(name))) {
        best = names
        this.#delimiter = delimiter
      }
      if (needed.every((name) => names.includes(name))) break
    }
    if (best.length === 0) return 'broken'
    for (const name of needed) {
      const found = best.filter((column) => column === name).length
      if (found === 1) continue
      const what = found === 0 ? 'no column' : `${found} columns`
      throw this.#refuse(`It has ${what} ${quoteName(name)}. Its first line has ${showColumns(best)}.`)
    }
    this.#columns = best
    const positions = new Map(best.map((name, at) => [name, at]))
    this.#indexOf = (name) => positions.get(name) ?? -1
    return 'heading'
  }

  /** The cells of one row, or the error in its quotes. */
  #cells(text: string, delimiter: string | undefined): readonly string[] | 'open' | 'broken' {
    const { data, errors } = this.#parse(text, { delimiter: delimiter ?? ',', newline: '\n' })
    if (errors.some(({ code }) => code === 'InvalidQuotes')) return 'broken'
    if (errors.some(({ code }) => code === 'MissingQuotes')) return 'open'
    return data.length === 1 ? (data[0] as readonly string[]) : 'broken'
  }

  #refuse(why: string): CommandError {
    return new CommandError(ExitCode.usage, `${this.#name} cannot be read as a table. ${why} Nothing was sent.`)
  }
}
