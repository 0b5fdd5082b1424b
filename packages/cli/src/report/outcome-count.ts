import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { fileSource } from '../input/byte-source.ts'
import { LineReader } from '../input/line-reader.ts'

/** A recount of a run's output: the last outcome of each row. */
export interface OutcomeCount {
  readonly counts: Readonly<Record<Outcome, number>>
  /** The number of lines; more than rows if tokens were retried. */
  readonly lines: number
  readonly bytes: number
  readonly sha256: string
}

/** The outcome of one row. */
export type Outcome = (typeof OUTCOMES)[number]

export const OUTCOMES = ['revoked', 'unproven', 'live', 'unknown', 'unsupported', 'invalid'] as const
/** One byte is kept for each row. */
const MAX_ROWS = 200_000_000

/**
 * Reads the output of a run.
 *
 * @throws CommandError when it cannot be read, or has lines that are not from a run
 */
export async function countOutcomes(path: string): Promise<OutcomeCount> {
  const hash = createHash('sha256')
  let outcomes = new Uint8Array(65_536)
  try {
    await using file = await open(path)
    const sum = { add: (bytes: Uint8Array) => void hash.update(bytes), value: () => '' }
    const reader = new LineReader(fileSource(file), [sum])
    while (!reader.ended) {
      const line = reader.take()
      if (line === undefined) {
        await reader.fill()
        continue
      }
      const row = parse(line.text)
      if (!row) {
        throw new CommandError(ExitCode.no, `${path}, line ${reader.line}: this is not the outcome of a run.`)
      }
      if (row.line >= outcomes.length) outcomes = grown(outcomes, row.line)
      outcomes[row.line] = OUTCOMES.indexOf(row.outcome) + 1
    }
    // Also includes the last line in the sum.
    reader.sum(sum)
    const counts = { revoked: 0, unproven: 0, live: 0, unknown: 0, unsupported: 0, invalid: 0 }
    for (const outcome of outcomes) {
      const name = OUTCOMES[outcome - 1]
      if (name) counts[name]++
    }
    return { counts, lines: reader.line, bytes: reader.bytes, sha256: hash.digest('hex') }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(ExitCode.stopped, `The output ${path} cannot be read: ${describeSystemError(error)}.`)
  }
}

function parse(text: string | undefined): { readonly line: number; readonly outcome: Outcome } | undefined {
  try {
    const { line, state, revoked, error } = JSON.parse(text ?? '')
    if (!Number.isSafeInteger(line) || line < 1 || line > MAX_ROWS) return undefined
    if (revoked === true) return { line, outcome: 'revoked' }
    if (error?.code === 'invalid_line') return { line, outcome: 'invalid' }
    if (state === 'accepted' || state === 'verified') return { line, outcome: 'unproven' }
    return OUTCOMES.includes(state) ? { line, outcome: state } : undefined
  } catch {
    return undefined
  }
}

function grown(outcomes: Uint8Array, line: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(outcomes.length * 2, line + 1))
  larger.set(outcomes)
  return larger
}
