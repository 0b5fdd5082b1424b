import { ExitCode } from '../exit-code.ts'
import { filesOfConnection, filesOfEnvironment, refuseSameFile } from '../files/same-file.ts'
import { fingerprint, fingerprintFor } from '../fingerprint.ts'
import type { ColumnChoice } from '../input/column-choice.ts'
import { isName } from '../input/column-names.ts'
import { columnChoice } from '../input/column-options.ts'
import { openInput } from '../input/open-input.ts'
import { createRowFormat } from '../input/row-format.ts'
import { openOutcomeFile } from '../outcomes/outcome-file.ts'
import { createOutcomeStream, type OutcomeSink } from '../outcomes/outcome-stream.ts'
import { RateLimit } from '../rate-limit.ts'
import { prepareAudit } from '../report/audit.ts'
import { checkEarlierFiles, earlierEndpoints } from '../report/earlier-files.ts'
import { describeListed, type ListedCounts } from '../revocations/list-first.ts'
import { openLogIfNamed } from '../revocations/open.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import { type Clients, connectClients } from './clients.ts'
import type { RunParts } from './connect-run.ts'
import { dryRun } from './dry-run.ts'
import { Journal } from './journal.ts'
import { keyPath } from './journal-key.ts'
import type { JournalIdentity } from './journal-record.ts'
import { revokeInput } from './revoke-input.ts'
import { otherFilesThan, type RevokeCommandOptions, requestsPerToken, withReportFiles } from './revoke-options.ts'
import { type RunEnd, summaryJson, summaryText } from './summary.ts'
import { settled } from './tally.ts'
import { watchRequests } from './watch-requests.ts'
import { openWorkersPace } from './workers-pace.ts'

/** The parts of a run that are opened before its journal and its outcomes. */
interface OpenedParts extends Omit<RunParts, 'journal' | 'outcomes'> {
  readonly endpoints: Set<string>
}

/** Revokes every token of an input, and returns the exit code. */
export async function runRevoke(file: string, given: RevokeCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const options = withReportFiles(given)
  const { verify = false } = options
  refuseSharedFiles(file, options, terminal)
  const otherFiles = otherFilesThan(given)
  const choice = columnChoice(options)
  const naming = await fingerprintFor(terminal)
  const audit = await prepareAudit(options, terminal)
  const endpoints = new Set<string>()
  const rateLimit = options.rate === undefined ? undefined : new RateLimit(options.rate, requestsPerToken(options))
  const watched = watchRequests(rateLimit, options.journal === undefined ? undefined : endpoints)
  await using clients = await connectClients(options, { connections: options.concurrency, ...watched }, terminal)
  await using log = options.dryRun ? undefined : await openLogIfNamed(options, terminal)
  await using workersPace = await openWorkersPace(options, terminal)
  const input = await openInput(file, terminal)
  try {
    const format = createRowFormat(choice, input.name)
    const identity = identityOf(clients, verify, choice, options.dryRun ? undefined : log !== undefined)
    if (options.dryRun) return await dryRun({ input, format, clients, identity, otherFiles, options, terminal })
    const listed: ListedCounts = { listed: 0, unlisted: 0 }
    const { end, runs } = await runOnce(identity, {
      input,
      format,
      clients,
      rateLimit,
      workersPace,
      log,
      listed,
      digest: audit?.digest,
      endpoints,
      fingerprint: naming,
      otherFiles,
      options,
      terminal,
    })
    const unwritten = await audit?.write({ ...clients, application: clients.app, endpoints, runs, end })
    printEnd(end, log && listed, audit !== undefined && !unwritten, options, terminal)
    const failure = end.fatal ?? unwritten
    if (failure) throw failure
    return end.exitCode
  } finally {
    await input.close()
  }
}

function refuseSharedFiles(file: string, options: RevokeCommandOptions, terminal: Terminal): void {
  const { output, journal, report, signKey, clients } = options
  refuseSameFile(
    {
      'the output': output,
      'the journal': journal,
      'the key of the journal': journal === undefined ? undefined : keyPath(journal),
      'the report': report,
      'the signature of the report': report === undefined ? undefined : `${report}.jws`,
    },
    {
      'the input': file,
      'the file of --sign-key': signKey,
      'the file of --clients': clients,
      ...filesOfConnection(options),
      ...filesOfEnvironment(terminal.env),
    },
  )
}

function identityOf(
  { provider, app }: Clients,
  verify: boolean,
  choice: ColumnChoice | undefined,
  listed: boolean | undefined,
): JournalIdentity {
  // It may be a misplaced token, unless a table has such a column.
  const column = choice && (isName(choice.token) ? choice.token : fingerprint(choice.token))
  const where = choice && choice.where.size > 0 ? fingerprint(conditionsText(choice.where)) : undefined
  return { provider, app, verify, column, where, listed }
}

/** The same text for the same conditions, in any order. */
function conditionsText(where: ColumnChoice['where']): string {
  return JSON.stringify([...where].map(([name, values]) => [name, [...values].sort()]).sort())
}

/** Runs with a journal and outcomes, if they are wanted. Also returns when the runs of the journal started. */
async function runOnce(
  identity: JournalIdentity,
  parts: OpenedParts,
): Promise<{ readonly end: RunEnd; readonly runs: readonly string[] }> {
  const { endpoints, otherFiles, options, terminal } = parts
  await using journal =
    options.journal === undefined ? undefined : await Journal.open(options.journal, identity, otherFiles)
  if (journal) await takeUp(journal, options, otherFiles)
  const history = journal?.history
  for (const endpoint of history ? earlierEndpoints(options, history) : []) endpoints.add(endpoint)
  await using outcomes = await openOutcomes(options.output, journal, otherFiles, terminal)
  const runs = journal ? [...(history?.runs ?? []), journal.startedAt.toISOString()] : []
  const end = await revokeInput({ ...parts, journal, outcomes })
  if (end.fatal?.exitCode === ExitCode.usage && settled(end.tally) === 0) await journal?.discard()
  return { end, runs }
}

/** Checks the files of earlier runs. A new journal must not own what it does not own now, so it is removed. */
async function takeUp(journal: Journal, options: RevokeCommandOptions, otherFiles: string): Promise<void> {
  try {
    await checkEarlierFiles(options, journal, otherFiles)
  } catch (error) {
    await journal.discard()
    throw error
  }
}

async function openOutcomes(
  output: string | undefined,
  journal: Journal | undefined,
  otherFiles: string,
  terminal: Terminal,
): Promise<OutcomeSink | undefined> {
  if (output === undefined) return undefined
  if (output === '-') return createOutcomeStream(terminal.stdout)
  const onStart = journal && ((start: Uint8Array) => journal.startOutput(start))
  return openOutcomeFile(output, journal?.history && { length: journal.history.output }, { otherFiles, onStart })
}

function printEnd(
  end: RunEnd,
  listed: ListedCounts | undefined,
  isReportWritten: boolean,
  { output, json, quiet, journal }: RevokeCommandOptions,
  terminal: Terminal,
): void {
  // Results go to standard output, unless the outcomes already do.
  const write = output === '-' ? note : print
  if (json) write(terminal, JSON.stringify({ ...summaryJson(end), ...listed }))
  else if (!quiet && (!end.fatal || settled(end.tally) > 0)) {
    write(terminal, ...summaryText(end, journal !== undefined), ...(listed ? describeListed(listed) : []))
    // Their names may be misplaced tokens.
    if (isReportWritten) write(terminal, 'The report and its file of outcomes are written.')
  }
}
