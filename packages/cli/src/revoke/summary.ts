import type { CommandError } from '../command-error.ts'
import { formatCount, formatDuration } from '../duration.ts'
import type { ExitCode } from '../exit-code.ts'
import type { FileDigest } from '../report/file-digest.ts'
import { notRevoked, settled, type Tally } from './tally.ts'

/** Result of a bulk run. */
export interface RunEnd {
  readonly tally: Tally
  readonly durationMs: number
  /** True if the end of the input was reached. */
  readonly complete: boolean
  readonly exitCode: ExitCode
  /** Reason why it could not continue. */
  readonly fatal: CommandError | undefined
  /** The digest of the input that was read, if required. */
  readonly inputDigest?: FileDigest | undefined
}

/** The summary for programs. Its members are documented in the README. */
export function summaryJson({ tally, durationMs, complete, exitCode }: RunEnd): Record<string, unknown> {
  const { reasons, ...counts } = tally
  return {
    ...counts,
    notRevoked: notRevoked(tally),
    reasons: Object.fromEntries(reasons),
    durationMs: Math.round(durationMs),
    perSecond: Math.round(perSecond(tally, durationMs)),
    complete,
    exitCode,
  }
}

/**
 * The summary for people, in lines.
 *
 * @param canResume True if the run has a journal, such as the one of its report.
 */
export function summaryText({ tally, durationMs, complete }: RunEnd, canResume: boolean): string[] {
  const failed = notRevoked(tally)
  const lines = [
    `${tokens(tally.revoked)} revoked, ${formatCount(failed)} not, in ${formatDuration(durationMs)} ` +
      `(${formatCount(Math.round(perSecond(tally, durationMs)))}/s).`,
  ]
  if (tally.skipped > 0) lines.push(`${tokens(tally.skipped)} skipped: confirmed by an earlier run.`)
  const leftOut = leftOutText(tally)
  if (leftOut) lines.push(leftOut)
  if (failed > 0) {
    lines.push(`Not revoked: ${countsByCode(tally.reasons)}.`)
    if (tally.unproven > 0) {
      lines.push(
        `Of these, the provider accepted ${formatCount(tally.unproven)}, but introspection could not verify it.`,
      )
    }
  }
  if (!complete) lines.push('The end of the input was not reached.')
  if ((failed > 0 || !complete) && canResume) {
    lines.push(`Run the same command again to ${complete ? 'retry the tokens that are not revoked' : 'resume'}.`)
  } else if (failed > tally.invalid) lines.push('Assume that these tokens are still active.')
  return lines
}

/** Lists failures by code, the most frequent one first. */
export function countsByCode(reasons: ReadonlyMap<string, number>): string {
  const sorted = [...reasons].sort(([, a], [, b]) => b - a)
  return sorted.map(([code, count]) => `${code} ${formatCount(count)}`).join(', ')
}

/** Reports how many rows were left out on purpose; `undefined` for none. */
export function leftOutText({ filtered, empty }: Tally): string | undefined {
  const parts = []
  if (filtered > 0) parts.push(`${formatCount(filtered)} left out by --where`)
  if (empty > 0) parts.push(`${formatCount(empty)} without anything in the token column`)
  return parts.length > 0 ? `Rows: ${parts.join(', ')}.` : undefined
}

function perSecond(tally: Tally, durationMs: number): number {
  return durationMs > 0 ? (settled(tally) / durationMs) * 1000 : 0
}

function tokens(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`
}
