import { keyedSum, unkeyedSum } from '../input/input-sum.ts'
import type { JournalHistory } from './journal-history.ts'
import type { JournalKey } from './journal-key.ts'
import { isKeyed } from './journal-record.ts'
import type { SourceSums } from './token-source.ts'

/** The sums by which a journal knows its input again. */
export function sumsFor(key: JournalKey, history: JournalHistory | undefined): SourceSums {
  const isOld = history?.checkpoints.some((checkpoint) => !isKeyed(checkpoint))
  return { keyed: keyedSum((digest) => key.sumOf(digest)), unkeyed: isOld ? unkeyedSum() : undefined }
}

/** All of them, for the reader that takes them. */
export function listSums(sums: SourceSums | undefined): SourceSums['keyed'][] {
  return sums ? [sums.keyed, ...(sums.unkeyed ? [sums.unkeyed] : [])] : []
}
