import { type InputSum, keyedSum, unkeyedSum } from '../input/input-sum.ts'
import type { JournalHistory } from './journal-history.ts'
import type { JournalKey } from './journal-key.ts'
import { isKeyed } from './journal-record.ts'

/** Sums over the input, which the reader updates. */
export interface SourceSums {
  readonly keyed: InputSum
  /** For a history of the first format. */
  readonly unkeyed: InputSum | undefined
}

/** The sums by which a journal recognizes its input. */
export function sumsFor(key: JournalKey, history: JournalHistory | undefined): SourceSums {
  const isOld = history?.checkpoints.some((checkpoint) => !isKeyed(checkpoint))
  return { keyed: keyedSum((digest) => key.sumOf(digest)), unkeyed: isOld ? unkeyedSum() : undefined }
}

/** All of them, for the reader. */
export function listSums(sums: SourceSums | undefined): SourceSums['keyed'][] {
  return sums ? [sums.keyed, ...(sums.unkeyed ? [sums.unkeyed] : [])] : []
}
