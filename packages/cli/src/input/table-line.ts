/** The cells in one line of a table. */
export interface LineCells {
  readonly cells: readonly string[]
  /** True if the quotes of the last cell are open: the next line continues it. */
  readonly isOpen: boolean
}

/**
 * Splits a line of a table (RFC 4180) into cells. It ignores spaces between a closing quote and the delimiter, and a byte
 * order mark at the start of a row, which is left where files were joined.
 *
 * @param continues True if the line begins inside quotes.
 * @returns `undefined` if other text follows a closing quote
 */
export function splitLine(line: string, delimiter: string, continues: boolean): LineCells | undefined {
  const cells: string[] = []
  let isInside = continues
  for (let at = !continues && line.startsWith('\ufeff') ? 1 : 0; ; ) {
    if (!isInside && line[at] !== '"') {
      const end = line.indexOf(delimiter, at)
      cells.push(line.slice(at, end === -1 ? undefined : end))
      if (end === -1) return { cells, isOpen: false }
      at = end + 1
      continue
    }
    const start = isInside ? at : at + 1
    isInside = false
    const quote = closingQuote(line, start)
    cells.push(line.slice(start, quote === -1 ? undefined : quote).replaceAll('""', '"'))
    if (quote === -1 || quote === line.length - 1) return { cells, isOpen: quote === -1 }
    const end = line.indexOf(delimiter, quote + 1)
    if (end === -1 || line.slice(quote + 1, end).trim() !== '') return undefined
    at = end + 1
  }
}

/**
 * True if a quote in such a table may be plain text. Databases write tables with tabs and bars without quoting cells
 * (`mysql`, `psql`, `COPY`); spreadsheets do quote them.
 */
export function hasPlainQuotes(delimiter: string): boolean {
  return delimiter === '\t' || delimiter === '|'
}

/** Splits a line in which quotes are plain text. */
export function splitPlainly(line: string, delimiter: string): readonly string[] {
  return line.replace(/^\ufeff/, '').split(delimiter)
}

/** The next quote that is not doubled; -1 without one. */
function closingQuote(line: string, from: number): number {
  let quote = line.indexOf('"', from)
  while (quote !== -1 && line[quote + 1] === '"') quote = line.indexOf('"', quote + 2)
  return quote
}
