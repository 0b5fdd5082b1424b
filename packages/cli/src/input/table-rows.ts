import { type ColumnChoice, chooseRow } from './column-choice.ts'
import type { Line } from './line-reader.ts'
import { type NumberedLine, OpenRow } from './open-row.ts'
import type { Row, RowFormat } from './row.ts'
import { type TableColumns, TableHeading } from './table-heading.ts'
import { hasPlainQuotes, type LineCells, splitPlainly, splitSafely } from './table-line.ts'

/**
 * Reads a table with a heading, separated by commas, tabs, semicolons or bars (RFC 4180). It reads line by line, so
 * that a row can be found by the number of its line, and a missing quote affects only that row. With tabs and bars, a
 * quote that does not enclose a cell is plain text.
 *
 * A line is split at most twice, whatever its quotes: where it continues a row, and where it begins one after all.
 */
export class TableRows implements RowFormat {
  readonly #choice: ColumnChoice
  readonly #heading: TableHeading
  #columns: TableColumns | undefined
  readonly #open = new OpenRow()

  /** @param name The input's name in messages. */
  constructor(choice: ColumnChoice, name: string) {
    this.#choice = choice
    this.#heading = new TableHeading(choice, name)
  }

  add({ text, problem }: Line, number: number): readonly Row[] {
    if (problem !== undefined) return [...this.end(), { line: number, problem }]
    const line = { text: text.endsWith('\r') ? text.slice(0, -1) : text, number }
    if (this.#columns) return this.#addLine(line, this.#columns)
    this.#columns = this.#heading.add(line)
    return []
  }

  end(): readonly Row[] {
    if (!this.#columns) {
      this.#heading.end()
      return []
    }
    const rows: Row[] = []
    while (!this.#open.isEmpty) rows.push(...this.#giveUp(this.#columns))
    return rows
  }

  advice(): string | undefined {
    return undefined
  }

  #addLine(line: NumberedLine, columns: TableColumns): readonly Row[] {
    if (this.#open.isEmpty) return this.#begin(line, columns) ?? []
    const split = splitSafely(line.text, columns.delimiter, true)
    // The quotes of a row that begins with another of the open lines would not match either.
    if (!split || this.#joinsRows(split, columns)) return [...this.end(), ...(this.#begin(line, columns) ?? [])]
    this.#open.add({ ...line, ...split })
    if (!split.isOpen) {
      const { number, cells } = this.#open.close()
      return [this.#rowOf(cells, number, columns)]
    }
    const rows: Row[] = []
    while (this.#open.isTooLong) rows.push(...this.#giveUp(columns))
    return rows
  }

  /** True if quotes that may be plain text have joined two rows: then there are too many cells. */
  #joinsRows({ cells, isOpen }: LineCells, { delimiter, names }: TableColumns): boolean {
    return hasPlainQuotes(delimiter) && !isOpen && this.#open.width + cells.length - 1 > names.length
  }

  /** Reads a line that begins a row; returns `undefined` if it leaves a quote open. */
  #begin({ text, number }: NumberedLine, columns: TableColumns): readonly Row[] | undefined {
    if (text.trim() === '') return []
    const split = splitSafely(text, columns.delimiter, false)
    if (!split) return [this.#unquotedRow({ text, number }, columns)]
    if (!split.isOpen) return [this.#rowOf(split.cells, number, columns)]
    this.#open.addFirst({ text, number, ...split })
    return undefined
  }

  /**
   * The first line of an open row is a separate problem; the following lines are separate rows, up to one that leaves a
   * quote open again. The lines after that one continue it as they continued the first, so they need not be read again.
   */
  #giveUp(columns: TableColumns): readonly Row[] {
    const rows: Row[] = []
    const first = this.#open.removeFirst()
    if (first) rows.push(this.#unquotedRow(first, columns))
    for (let next = this.#open.removeFirst(); next; next = this.#open.removeFirst()) {
      const begun = this.#begin(next, columns)
      if (!begun) break
      rows.push(...begun)
    }
    return rows
  }

  /** The row of a line whose quotes do not enclose its cells. */
  #unquotedRow({ text, number }: NumberedLine, columns: TableColumns): Row {
    if (!hasPlainQuotes(columns.delimiter)) return { line: number, problem: 'The quotes in this row do not match.' }
    return this.#rowOf(splitPlainly(text, columns.delimiter), number, columns)
  }

  #rowOf(cells: readonly string[], line: number, { names, indexOf }: TableColumns): Row {
    // A cell that is split in two shifts all that follow, so another value would be in the column of the tokens.
    if (cells.length < names.length || cells.slice(names.length).some((cell) => cell !== '')) {
      return { line, problem: `The row has ${cells.length} cells, and the heading has ${names.length}.` }
    }
    return chooseRow(this.#choice, line, (name) => cells[indexOf(name)])
  }
}
