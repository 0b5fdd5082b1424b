import { isLogoutError } from '@backend-logout/node'
import type { RevocationLog } from '@backend-logout/revocations/server'
import { CommandError, describeSystemError } from '../command-error.ts'
import { type Connection, type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { keyedSum, unkeyedSum } from '../input/input-sum.ts'
import { LineReader } from '../input/line-reader.ts'
import { type Input, openInput, refuseForeignFormat, refuseSameFile } from '../input/open-input.ts'
import { Progress, type ProgressSource } from '../progress/progress.ts'
import { describeListed, type ListedCounts, listFirst } from '../revocations/list-first.ts'
import { type LogLocation, openLogIfNamed } from '../revocations/open.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import { firstOnes } from './first-failures.ts'
import { Journal } from './journal.ts'
import { keyPath } from './journal-key.ts'
import { isKeyed } from './journal-record.ts'
import { Recorder } from './recorder.ts'
import { createStreamReport, openReport, type Report } from './report.ts'
import { RunControl } from './run-control.ts'
import { type RunEnd, summaryJson, summaryText } from './summary.ts'
import { createTally, exitCodeOf, notRevoked, settled, type Tally } from './tally.ts'
import { type SourceSums, TokenSource } from './token-source.ts'

/** The options of `backend-logout revoke`. */
export interface RevokeCommandOptions extends ConnectionOptions, LogLocation {
  readonly concurrency: number
  readonly verify?: boolean
  readonly tokenTypeHint?: string
  readonly output?: string
  readonly journal?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

const SYNC_MS = 1_000

/** Revokes every token of an input, and returns the exit code. */
export async function runRevoke(file: string, options: RevokeCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { output, json, quiet, verify = false } = options
  const { journal: path } = options
  refuseSameFile({
    'the input': file,
    'the output': output,
    'the journal': path,
    'the key of the journal': path === undefined ? undefined : keyPath(path),
  })
  await using connection = connect(await readSettings(options, terminal), { connections: options.concurrency })
  await using log = await openLogIfNamed(options, terminal)
  const listed: ListedCounts = { listed: 0, unlisted: 0 }
  const input = await openInput(file, terminal)
  const identity = { provider: connection.provider, app: connection.appId, verify }
  const journal = path === undefined ? undefined : await Journal.open(path, identity)
  let end: RunEnd
  try {
    const report = await reportTo(output, journal, terminal)
    try {
      end = await run({ input, connection, journal, report, log, listed, options, terminal })
    } finally {
      await report?.close()
    }
  } finally {
    await journal?.close()
  }
  // Results go where results go, unless the report is there already.
  const write = output === '-' ? note : print
  if (json) write(terminal, JSON.stringify({ ...summaryJson(end), ...(log && listed) }))
  else if (!quiet && (!end.fatal || settled(end.tally) > 0)) {
    write(terminal, ...summaryText(end, path), ...(log ? describeListed(listed) : []))
  }
  if (end.fatal) throw end.fatal
  return end.exitCode
}

interface RunParts {
  readonly input: Input
  readonly connection: Connection
  readonly journal: Journal | undefined
  readonly report: Report | undefined
  readonly log: RevocationLog | undefined
  readonly listed: ListedCounts
  readonly options: RevokeCommandOptions
  readonly terminal: Terminal
}

async function run({ input, connection, journal, report, log, listed, options, terminal }: RunParts): Promise<RunEnd> {
  const { concurrency, verify = false, tokenTypeHint, quiet = false } = options
  const tally = createTally()
  const sums = journal && sumsFor(journal)
  const reader = new LineReader(input, sums && [sums.keyed, ...(sums.unkeyed ? [sums.unkeyed] : [])])
  const progress = new Progress(terminal, progressOf(tally, reader, input), quiet)
  const startedAt = performance.now()
  const recorder = new Recorder({
    tally,
    verify,
    report,
    journal,
    checkpoint: () => source.checkpoint,
    onFailure: firstOnes((text) => progress.note(text), options.output),
    onFatal: (error) => control.fail(error),
  })
  const source: TokenSource = new TokenSource({
    reader,
    name: input.name,
    sums,
    history: journal?.history,
    onAccepted: () => report?.begin(),
    onProblem: (line, problem) => recorder.problem(line, problem),
    onSkip: (lines) => {
      tally.skipped += lines
    },
  })
  using control: RunControl = new RunControl(
    terminal,
    () => source.stop(),
    () =>
      progress.note(
        'backend-logout: stopping; waiting up to 5 s for requests in flight. Press Ctrl-C again to stop immediately.',
      ),
  )
  const syncing = setInterval(() => journal?.sync().catch((error: CommandError) => control.fail(error)), SYNC_MS)
  try {
    if (input.typed) {
      progress.note('Type or paste tokens, one per line. Ctrl-D ends the input.')
    }
    if (journal?.history) progress.note(`backend-logout: resuming from ${journal.path}.`)
    await refuseForeignFormat(reader, input.name)
    await progress.start()
    const { signal } = control
    const isOver = (): boolean => control.interrupted || control.fatal !== undefined
    const tokens = log ? listFirst(source, log, listed, tokenTypeHint, isOver) : source
    for await (const revocation of connection.client.revokeTokens(tokens, {
      concurrency,
      verify,
      tokenTypeHint,
      signal,
    })) {
      recorder.settle(source.settle(revocation.index as number), revocation)
      const drained = report?.drained()
      if (drained) await drained
    }
  } catch (error) {
    if (!(isLogoutError(error) && error.code === 'aborted')) control.fail(asCommandError(error, input.name))
  } finally {
    clearInterval(syncing)
    recorder.finish()
    progress.stop()
    // An open standard input would keep the process alive.
    await input.close()
  }
  const { fatal, interrupted } = control
  const exitCode = fatal?.exitCode ?? (interrupted ? ExitCode.interrupted : exitCodeOf(tally))
  const complete = source.exhausted && !fatal && !interrupted
  return { tally, durationMs: performance.now() - startedAt, complete, exitCode, fatal }
}

function sumsFor({ key, history }: Journal): SourceSums {
  const isOld = history?.checkpoints.some((checkpoint) => !isKeyed(checkpoint))
  return { keyed: keyedSum((digest) => key.sumOf(digest)), unkeyed: isOld ? unkeyedSum() : undefined }
}

function progressOf(tally: Tally, reader: LineReader, { totalBytes }: Input): ProgressSource {
  return {
    done: () => settled(tally),
    failed: () => notRevoked(tally),
    doneBefore: () => tally.skipped,
    bytes: () => reader.bytes,
    totalBytes,
  }
}

async function reportTo(
  output: string | undefined,
  journal: Journal | undefined,
  terminal: Terminal,
): Promise<Report | undefined> {
  if (output === undefined) return undefined
  if (output === '-') return createStreamReport(terminal.stdout)
  return openReport(output, journal?.history && { length: journal.history.output })
}

function asCommandError(error: unknown, input: string): CommandError {
  if (error instanceof CommandError) return error
  if (isLogoutError(error) || !(error instanceof Error && 'syscall' in error)) throw error
  return new CommandError(ExitCode.stopped, `${input} cannot be read any further: ${describeSystemError(error)}.`)
}
