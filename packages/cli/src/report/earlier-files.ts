import { createReadStream } from 'node:fs'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFile } from '../files/found-file.ts'
import { shownName } from '../files/shown-name.ts'
import { OUTCOME_START } from '../outcomes/outcome-line.ts'
import { firstBytesOf, startOfOutput } from '../outcomes/output-start.ts'
import { endpointsIn, MAX_ENDPOINTS } from '../revoke/endpoints.ts'
import type { JournalHistory } from '../revoke/journal-history.ts'
import type { JournalKey } from '../revoke/journal-key.ts'
import { hasDigest } from './file-digest.ts'
import { type AuditReport, findReport } from './report-file.ts'

/** The files of a run with a journal. */
export interface RunFiles {
  readonly report?: string
  readonly output?: string
}

/** The facts that a journal has about these files. */
export interface KnownFiles {
  /** Missing when the journal is new. */
  readonly history?: JournalHistory | undefined
  readonly key?: JournalKey | undefined
}

/**
 * Checks that a report and an output that exist are those of the journal's earlier runs, and complete. Otherwise the
 * evidence of other runs would be overwritten, or the new report would be wrong.
 *
 * @param otherFiles See `otherFilesThan`.
 * @throws CommandError
 */
export async function checkEarlierFiles(files: RunFiles, journal: KnownFiles, otherFiles: string): Promise<void> {
  const { report, output = '' } = files
  const { history } = journal
  const earlier = report === undefined ? undefined : findReport(report)
  const hasReported = earlier && (await startsAs(output, earlier))
  const refuse = (why: string, advice: string): never => {
    throw new CommandError(ExitCode.usage, `${why} ${advice} Nothing was sent.`)
  }
  const keep = `To keep it, name ${otherFiles}.`
  const restore = `Restore it; or name ${otherFiles} to start over.`
  if (isForeignReport(report, earlier, history) && !(history && hasReported))
    refuse(`${report} is the report of other runs.`, keep)
  const foreign = foreignLines(output, journal)
  if (foreign && !history) refuse(`${output} has ${foreign}.`, keep)
  if (foreign) refuse(`${output} has ${foreign}, not those of the journal.`, restore)
  if (report === undefined || !history) return
  // A report may cover more than the journal: a run that could not write its journal still has a report.
  const isChanged = hasReported === false && earlier && earlier.output.bytes <= (history.output ?? 0)
  if (hasOutcomes(output, history) && !isChanged) return
  const name = shownName(output, 'The output')
  refuse(`${name} no longer has all outcomes that the journal records, so a report would be wrong.`, restore)
}

/**
 * The addresses that earlier runs sent requests to: a run that finds everything done sends none. Earlier versions have
 * them in the report only.
 */
export function earlierEndpoints({ report = '' }: RunFiles, { endpoints = [] }: JournalHistory): string[] {
  const known = [...endpoints, ...endpointsIn(findReport(report)?.endpoints)]
  return [...new Set(known)].slice(0, MAX_ENDPOINTS)
}

/** True if an output starts with the outcomes that a report is about; `undefined` if it is about none. */
async function startsAs(path: string, { output }: AuditReport): Promise<boolean | undefined> {
  if (output.bytes === 0) return undefined
  return hasDigest(createReadStream(path), output, output.bytes).catch(() => false)
}

/**
 * True if a report is not known to be about the journal's runs: it starts at another time, or the journal is new.
 * Journals of the first format do not say when they started, and reports of earlier versions say it a little earlier.
 */
function isForeignReport(
  path: string | undefined,
  report: AuditReport | undefined,
  history: JournalHistory | undefined,
): boolean {
  if (!history) return path !== undefined && findFile(path, 'The report') !== undefined
  const started = history.runs?.[0]
  return report !== undefined && started !== undefined && report.runs[0] !== started
}

/** The lines of an output that a journal does not know, in words. */
function foreignLines(output: string, { history, key }: KnownFiles): string | undefined {
  if (output === '-') return undefined
  const found = findFile(output, 'The output')
  if (!found?.isFile() || found.size === 0) return undefined
  const bytes = readOutput(output)
  const start = startOfOutput(bytes)
  if (history) {
    // Half a line, of a run that was killed. It is cut off if it is one of an outcome.
    if (!start) return undefined
    const { outputStart, output: length = 0 } = history
    if (outputStart === undefined ? length > 0 : key?.startOf(start) === outputStart) return undefined
  }
  return bytes.toString().startsWith(OUTCOME_START) ? 'the outcomes of other runs' : 'lines that are not from a run'
}

function readOutput(path: string): Buffer {
  try {
    return firstBytesOf(path)
  } catch (error) {
    throw new CommandError(ExitCode.usage, `The output ${path} cannot be read: ${describeSystemError(error)}.`)
  }
}

/** The tokens of recorded outcomes are not sent again, so a report would be complete without them. */
function hasOutcomes(output: string, { done, output: length = 0 }: JournalHistory): boolean {
  const size = findFile(output, 'The output')?.size ?? 0
  return size >= (length > 0 || done.size === 0 ? length : Number.POSITIVE_INFINITY)
}
