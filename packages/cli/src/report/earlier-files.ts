import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFile } from '../files/found-file.ts'
import { shownName } from '../files/shown-name.ts'
import type { Journal } from '../revoke/journal.ts'
import type { JournalHistory } from '../revoke/journal-history.ts'
import { findReport } from './report-file.ts'

/** The files of a run with a report. */
export interface ReportFiles {
  readonly report?: string
  readonly output?: string
}

/**
 * Checks that a report and an output that exist are those of the journal's earlier runs, and complete. Otherwise the
 * evidence of other runs would be overwritten, or the new report would be wrong.
 *
 * @param otherFiles The files to name to start over, such as `another file for --report`.
 * @throws CommandError; then a new journal is removed, so that the next run does not take the files for its own
 */
export async function checkEarlierFiles(files: ReportFiles, journal: Journal, otherFiles: string): Promise<void> {
  const { history } = journal
  const foreign = history ? foreignReport(files, history) : foreignFile(files)
  const refuse = async (why: string): Promise<never> => {
    await journal.discard()
    throw new CommandError(ExitCode.usage, `${why} Nothing was sent.`)
  }
  if (foreign !== undefined) await refuse(`${foreign} of other runs. To keep it, name ${otherFiles}.`)
  if (!history || hasOutcomes(files, history)) return
  await refuse(
    `${shownName(files.output ?? '', 'The output')} no longer has all outcomes that the journal records, so a report ` +
      `would be wrong. Restore it; or name ${otherFiles} to start over.`,
  )
}

/** A file that a new journal cannot own. */
function foreignFile({ report = '', output = '' }: ReportFiles): string | undefined {
  if (findFile(report, 'The report')) return `${report} is the report`
  return (findFile(output, 'The output')?.size ?? 0) > 0 ? `${output} has the outcomes` : undefined
}

/** The report, if it is about runs of another journal. Journals of the first format do not say when they started. */
function foreignReport({ report = '' }: ReportFiles, { runs: [started] = [] }: JournalHistory): string | undefined {
  const reported = findReport(report)?.runs[0] ?? started
  return started === undefined || reported === started ? undefined : `${report} is the report`
}

/** The tokens of recorded outcomes are not sent again, so a report would be complete without them. */
function hasOutcomes({ output = '' }: ReportFiles, { done, output: length }: JournalHistory): boolean {
  const size = findFile(output, 'The output')?.size ?? 0
  return size >= (length ?? (done.size > 0 ? Number.POSITIVE_INFINITY : 0))
}
