import { type ColumnChoice, chooseRow } from './column-choice.ts'
import { type Line, problemWithAdvice } from './line-reader.ts'
import { type ClosedRow, type NumberedLine, OpenRow } from './open-row.ts'
import type { Row, RowFormat } from './row.ts'
import { type TableColumns, TableHeading } from './table-heading.ts'
import { hasPlainQuotes, splitLine, splitPlainly } from './table-line.ts'

const DOUBTFUL =
  'The quotes may enclose a cell with line breaks, or be text in separate rows. Export the table with commas.'

/**
 * Reads a table with a heading, separated by commas, tabs, semicolons or bars (RFC 4180). It reads line by line, so
 * that a row can be found by the number of its line, and a missing quote affects only that row.
 *
 * With tabs and bars, quotes enclose cells if the row then has as many cells as the heading; otherwise they are plain
 * text. Lines that can be read in both ways, with different tokens, are problems.
 *
 * A line is split a few times at most, whatever its quotes: where it continues a row, and where it begins one after all,
 * with quotes and without.
 */
export class TableRows implements RowFormat {
  readonly #choice: ColumnChoice
  readonly #heading: TableHeading
  #columns: TableColumns | undefined
  readonly #open = new OpenRow()
  /** True while there is nothing below the heading. */
  #isAlone = true

  /** @param name The input's name in messages. */
  constructor(choice: ColumnChoice, name: string) {
    this.#choice = choice
    this.#heading = new TableHeading(choice, name)
  }

  add({ text, problem }: Line, number: number): readonly Row[] {
    if (problem !== undefined) return [...this.#closeAll(), { line: number, problem: problemWithAdvice(problem) }]
    const line = { text: text.endsWith('\r') ? text.slice(0, -1) : text, number }
    if (this.#columns) {
      if (text.trim() !== '') this.#isAlone = false
      return this.#addLine(line, this.#columns)
    }
    this.#columns = this.#heading.add(line)
    return []
  }

  /** @throws CommandError when the heading is incomplete, or may have all rows in it */
  end(): readonly Row[] {
    if (this.#columns && this.#isAlone) this.#heading.checkAlone(this.#columns)
    return this.#closeAll()
  }

  /** The rows whose quotes are still open. */
  #closeAll(): readonly Row[] {
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
    const split = splitLine(line.text, columns.delimiter, true)
    // The quotes of a row that begins with another of the open lines would not match either.
    if (!split) return [...this.#closeAll(), ...(this.#begin(line, columns) ?? [])]
    this.#open.add({ ...line, ...split })
    if (!split.isOpen) return this.#closedRows(this.#open.close(), columns)
    const rows: Row[] = []
    while (this.#open.isTooLong) rows.push(...this.#giveUp(columns))
    return rows
  }

  /**
   * The rows of lines that quotes join. Where quotes may be plain text, a cell with delimiters and line breaks may be
   * parts of several rows, which it is if every line fits without quotes, and is not if none does. If only some do, nothing
   * is read: a part of a cell must not be sent as a token, and no token may be lost inside a cell.
   */
  #closedRows({ lines, cells }: ClosedRow, columns: TableColumns): readonly Row[] {
    const [first, ...others] = lines
    if (!first) return []
    const { delimiter } = columns
    const isPlain = hasPlainQuotes(delimiter)
    if (!isPlain || fits(cells, columns)) {
      const joins = isPlain && cells.some((cell) => cell.includes('\n') && cell.includes(delimiter))
      if (!joins) return [this.#rowOf(cells, first.number, columns)]
      const written = lines.filter(({ text }) => text.trim() !== '')
      const rows = written.filter(({ text }) => fits(splitPlainly(text, delimiter), columns)).length
      if (rows === 0) return [this.#rowOf(cells, first.number, columns)]
      if (rows < written.length) return lines.map(({ number }) => ({ line: number, problem: DOUBTFUL }))
    }
    // Of the others, only the last one can leave a quote open: within a cell, quotes are in pairs.
    return [this.#unquotedRow(first, columns), ...others.flatMap((line) => this.#addLine(line, columns))]
  }

  /** Reads a line that begins a row; returns `undefined` if it leaves a quote open. */
  #begin({ text, number }: NumberedLine, columns: TableColumns): readonly Row[] | undefined {
    if (text.trim() === '') return []
    const split = splitLine(text, columns.delimiter, false)
    if (!split) return [this.#unquotedRow({ text, number }, columns)]
    if (!split.isOpen) return [this.#closedRow(split.cells, { text, number }, columns)]
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

  /** The row of one line, with the cells that its quotes enclose. */
  #closedRow(cells: readonly string[], { text, number }: NumberedLine, columns: TableColumns): Row {
    if (hasPlainQuotes(columns.delimiter) && !fits(cells, columns)) {
      const plain = splitPlainly(text, columns.delimiter)
      if (fits(plain, columns)) return this.#rowOf(plain, number, columns)
    }
    return this.#rowOf(cells, number, columns)
  }

  /** The row of a line whose quotes do not enclose its cells. */
  #unquotedRow({ text, number }: NumberedLine, columns: TableColumns): Row {
    if (!hasPlainQuotes(columns.delimiter)) return { line: number, problem: 'The quotes in this row do not match.' }
    return this.#rowOf(splitPlainly(text, columns.delimiter), number, columns)
  }

  #rowOf(cells: readonly string[], line: number, columns: TableColumns): Row {
    const { names, indexOf } = columns
    // A cell that is split in two shifts all that follow, so another value would be in the column of the tokens.
    if (!fits(cells, columns)) {
      return { line, problem: `The row has ${cells.length} cells, and the heading has ${names.length}.` }
    }
    return chooseRow(this.#choice, line, (name) => cells[indexOf(name)])
  }
}

/** True if a row has as many cells as the heading. Empty ones at its end do not count. */
function fits(cells: readonly string[], { names }: TableColumns): boolean {
  return cells.length >= names.length && cells.slice(names.length).every((cell) => cell === '')
}
