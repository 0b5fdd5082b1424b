import type { LineReader } from '../input/line-reader.ts'
import type { BadRow, LeftOutRow, RowFormat, TokenRow } from '../input/row.ts'
import type { JournalHistory } from './journal-history.ts'
import type { SourceSums } from './source-sums.ts'

/** Options of a `TokenSource`. */
export interface TokenSourceOptions {
  readonly reader: LineReader
  /** Creates rows from lines. */
  readonly format: RowFormat
  /** The name of the input in messages. */
  readonly name: string
  /** Needed for a history, and for checkpoints. */
  readonly sums?: SourceSums | undefined
  /** The tokens that earlier runs have confirmed. */
  readonly history?: JournalHistory | undefined
  /** Needed for a history: the files to name to start over, such as `another file for --journal`. */
  readonly otherFiles?: string
  /** Called first, as soon as the history is known to be about this input, and the input to have tokens. */
  readonly onAccepted?: () => void
  /** Finds rows that cannot be sent although they have a token, so that the input is known to be read correctly. */
  readonly problemWith?: (row: TokenRow) => BadRow | undefined
  /** Receives each row that should contain a token but doesn't. */
  readonly onProblem: (row: BadRow) => void
  /** Receives each row that is left out. */
  readonly onLeftOut?: (why: LeftOutRow['leftOut']) => void
  /** Receives the number of rows that are skipped because their tokens are confirmed. */
  readonly onSkip: (rows: number) => void
}
