import type { KeyObject } from 'node:crypto'
import { basename } from 'node:path'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { keptValue } from '../input/kept-value.ts'
import { isSecretName } from '../input/secret-names.ts'
import { MASK } from '../input/token-mask.ts'
import type { RevokeCommandOptions } from '../revoke/revoke-options.ts'
import type { RunEnd } from '../revoke/summary.ts'
import { settled } from '../revoke/tally.ts'
import { version } from '../version.ts'
import type { FileDigest } from './file-digest.ts'
import { countOutcomes, OUTCOMES, type OutcomeCount } from './outcome-count.ts'
import { type AuditReport, FORMAT, formatReport, replaceFile } from './report-file.ts'
import { sign, signaturePath } from './signature.ts'
import { removeSignature } from './signature-file.ts'

/** The facts that a report contains. */
export interface ReportFacts {
  readonly path: string
  readonly output: string
  readonly application: string
  readonly provider: string
  /** The addresses that all runs sent requests to. */
  readonly endpoints: ReadonlySet<string>
  readonly input: FileDigest
  /** When the runs started, this one included. */
  readonly runs: readonly string[]
  readonly end: RunEnd
  readonly options: RevokeCommandOptions
  readonly key: KeyObject | undefined
}

/**
 * Writes the report of a run, and its signature. The outcomes are read from the output, so that they include those of
 * earlier runs, and the report describes the file on the disk.
 *
 * @throws CommandError when a file cannot be read or written
 */
export async function writeReport(facts: ReportFacts): Promise<void> {
  const { path, output, application, provider, endpoints, input, runs, end, key } = facts
  const { counts, lines, bytes, sha256 } = await countOutcomes(output)
  refuseLostOutcomes(counts, end)
  const { filtered, empty } = end.tally
  const report: AuditReport = {
    report: FORMAT,
    tool: { name: '@backend-logout/cli', version: version() },
    application,
    provider,
    endpoints: [...endpoints].sort(),
    options: shownOptions(facts.options),
    runs,
    endedAt: new Date().toISOString(),
    complete: end.complete,
    exitCode: end.exitCode,
    input,
    output: { name: basename(output), bytes, sha256, lines },
    counts,
    leftOut: end.complete ? { filtered, empty } : null,
  }
  const text = formatReport(report)
  if (!key) await removeSignature(signaturePath(path))
  await replaceFile(path, text)
  if (key) await replaceFile(signaturePath(path), `${await sign(text, key)}\n`)
}

/** Others may have changed the output during the run. One that cannot be written ends the run for that reason. */
function refuseLostOutcomes(counts: OutcomeCount['counts'], { tally, fatal }: RunEnd): void {
  const rows = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)
  const isWhole = counts.revoked >= tally.revoked + tally.skipped && rows >= settled(tally) + tally.skipped
  if (isWhole || fatal) return
  throw new CommandError(
    ExitCode.stopped,
    'The output no longer has all outcomes of the run, so no report is written: it was changed during the run.',
  )
}

function shownOptions(options: RevokeCommandOptions): Readonly<Record<string, unknown>> {
  const { verify = false, column, where = [], keep = [], clientColumn, rate, concurrency, tokenTypeHint } = options
  const conditions = where.map(([name, value]) => `${name}=${isSecretName(name) ? MASK : keptValue(value)}`)
  return { verify, column, where: conditions, keep, clientColumn, rate, concurrency, tokenTypeHint }
}
