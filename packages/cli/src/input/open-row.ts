import type { LineCells } from './table-line.ts'

/** The maximum number of lines and characters of a row with open quotes. Beyond that, a quote is missing. */
const MAX_LINES = 1_000
const MAX_CHARACTERS = 131_072

/** A line of a table. */
export interface NumberedLine {
  readonly text: string
  readonly number: number
}

/** A line of a row, with the cells that it begins or continues. */
export type RowLine = NumberedLine & LineCells

/** A row whose quotes are closed. */
export interface ClosedRow {
  readonly lines: readonly NumberedLine[]
  /** Cells over several lines have line breaks. */
  readonly cells: readonly string[]
}

/** The lines of a row whose quotes are open. */
export class OpenRow {
  readonly #lines: RowLine[] = []
  #characters = 0

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  get isTooLong(): boolean {
    return this.#lines.length >= MAX_LINES || this.#characters > MAX_CHARACTERS
  }

  /** Adds a line that continues the row. */
  add(line: RowLine): void {
    this.#lines.push(line)
    this.#characters += line.text.length
  }

  /** Adds the line that begins the row. Lines that are already here continue it. */
  addFirst(line: RowLine): void {
    this.#lines.unshift(line)
    this.#characters += line.text.length
  }

  /** Removes the line that begins the row. */
  removeFirst(): RowLine | undefined {
    const line = this.#lines.shift()
    this.#characters -= line?.text.length ?? 0
    return line
  }

  /** Removes all lines, and joins their cells. */
  close(): ClosedRow {
    const lines = this.#lines.splice(0)
    this.#characters = 0
    const joined: string[] = []
    for (const { cells } of lines) {
      for (const [at, cell] of cells.entries()) {
        if (at === 0 && joined.length > 0) joined[joined.length - 1] += `\n${cell}`
        else joined.push(cell)
      }
    }
    return { lines, cells: joined }
  }
}
