import type { Line } from './line-reader.ts'

/** A row of an input with the token in it. */
export interface TokenRow {
  /** The number of the row's first line, from 1. */
  readonly line: number
  readonly token: string
  readonly hint?: string | undefined
  /** The client of the token, if a column names it. */
  readonly client?: string | undefined
  /** True if an earlier run found it active and could not prove that it was revoked. */
  readonly wasActive?: boolean
  /** The columns to keep, made safe to show and to open in a spreadsheet. */
  readonly kept?: Kept | undefined
}

/** The columns of a row that `--keep` names, by name. */
export type Kept = Readonly<Record<string, string>>

/** A row that should have a token but does not. */
export interface BadRow {
  readonly line: number
  readonly problem: string
  readonly kept?: Kept | undefined
  readonly token?: never
}

/** A row that is left out: it does not meet a condition, or its token column is empty. */
export interface LeftOutRow {
  readonly line: number
  readonly leftOut: 'filtered' | 'empty'
  readonly token?: never
  readonly problem?: never
}

/** One row of an input. */
export type Row = TokenRow | BadRow | LeftOutRow

/** Creates rows from lines. A row may take several lines: a quoted cell may have line breaks in it. */
export interface RowFormat {
  /** Accepts the next line, and returns the rows that are complete now. */
  add(line: Line, number: number): readonly Row[]
  /** Returns the remaining rows when there are no more lines. */
  end(): readonly Row[]
  /** Advice on how to read an input without tokens, if any. */
  advice(): string | undefined
}
