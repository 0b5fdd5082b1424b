import { createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { type ByteSource, streamSource } from '../input/byte-source.ts'
import { keyedSum, unkeyedSum } from '../input/input-sum.ts'
import { LineReader } from '../input/line-reader.ts'
import { PlainRows } from '../input/plain-rows.ts'
import type { RowFormat } from '../input/row.ts'
import type { JournalHistory } from '../revoke/journal-history.ts'
import type { Checkpoint } from '../revoke/journal-record.ts'
import { LineSet } from '../revoke/line-set.ts'
import { TokenSource } from '../revoke/token-source.ts'

/** Makes keyed sums. */
export const seal = (digest: Buffer): string => createHmac('sha256', 'key').update(digest).digest('hex').slice(0, 32)

/** A source, and everything that it has passed on. */
export interface Seen {
  readonly given: string[]
  readonly lines: number[]
  readonly problems: number[]
  /** The number of skipped lines, and of tokens returned before it was known. */
  readonly skipped: number[]
  readonly accepted: number[]
  readonly source: TokenSource
  error?: unknown
}

/** Creates a source for an input. */
export function sourceOf(text: string, history?: JournalHistory, format: RowFormat = new PlainRows()): Seen {
  const sums = { keyed: keyedSum(seal), unkeyed: unkeyedSum() }
  const reader = new LineReader(inPieces(text), [sums.keyed, sums.unkeyed])
  const problems: number[] = []
  const skipped: number[] = []
  const accepted: number[] = []
  const given: string[] = []
  const source = new TokenSource({
    reader,
    format,
    name: 'tokens.txt',
    sums,
    history,
    otherFiles: 'another file for --journal',
    onAccepted: () => accepted.push(given.length),
    onProblem: ({ line }) => problems.push(line),
    onSkip: (lines) => skipped.push(lines),
  })
  return { given, lines: [], problems, skipped, accepted, source }
}

/** Takes all tokens, as a bulk run does. */
export async function drain(seen: Seen): Promise<Seen> {
  try {
    for await (const item of seen.source) {
      seen.given.push(item.hint === undefined ? item.token : `${item.token} ${item.hint}`)
      seen.lines.push(item.line)
    }
  } catch (error) {
    seen.error = error
  }
  return seen
}

/** Reads a text a few bytes at a time. */
export function inPieces(text: string): ByteSource {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, i) => bytes.subarray(i * 5, i * 5 + 5))
  return streamSource(Readable.from(pieces))
}

/** The digests of an input after the given numbers of lines. */
export async function checkpointsOf(text: string, ...reads: number[]): Promise<Checkpoint[]> {
  const found: Checkpoint[] = []
  const sum = keyedSum(seal)
  const reader = new LineReader(inPieces(text), [sum])
  while (!reader.ended) {
    if (!reader.take()) await reader.fill()
    else if (reads.includes(reader.line)) found.push({ read: reader.line, sum: reader.sum(sum) })
  }
  return found
}

/** A set of lines. */
export function lines(...numbers: number[]): LineSet {
  const set = new LineSet()
  for (const number of numbers) set.add(number)
  return set
}
