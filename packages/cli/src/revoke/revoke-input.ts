import { isLogoutError, type LogoutEvent } from '@backend-logout/node'
import type { RevocationLog } from '@backend-logout/revocations/server'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { Fingerprint } from '../fingerprint.ts'
import type { InputSum } from '../input/input-sum.ts'
import { LineReader } from '../input/line-reader.ts'
import { type Input, refuseForeignFormat } from '../input/open-input.ts'
import type { RowFormat } from '../input/row.ts'
import type { OutcomeSink } from '../outcomes/outcome-stream.ts'
import { Progress, type ProgressSource } from '../progress/progress.ts'
import type { RateLimit } from '../rate-limit.ts'
import { type ListedCounts, listFirst } from '../revocations/list-first.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { Clients } from './clients.ts'
import { MAX_ENDPOINTS } from './endpoints.ts'
import { firstOnes } from './first-failures.ts'
import type { Journal } from './journal.ts'
import { Recorder } from './recorder.ts'
import type { RevokeCommandOptions } from './revoke-options.ts'
import { revokeRows } from './revoke-rows.ts'
import { RunControl } from './run-control.ts'
import { listSums, sumsFor } from './source-sums.ts'
import type { RunEnd } from './summary.ts'
import { createTally, exitCodeOf, notRevoked, settled, type Tally } from './tally.ts'
import { TokenSource } from './token-source.ts'
import { withoutCredentials } from './without-credentials.ts'
import type { WorkersPace } from './workers-pace.ts'

const SYNC_MS = 1_000

/** Everything that a run needs, opened. */
export interface RunParts {
  readonly input: Input
  readonly format: RowFormat
  readonly clients: Clients
  readonly rateLimit: RateLimit | undefined
  readonly workersPace: WorkersPace | undefined
  readonly journal: Journal | undefined
  readonly outcomes: OutcomeSink | undefined
  readonly log: RevocationLog | undefined
  readonly listed: ListedCounts
  /** Receives everything that is read. */
  readonly digest: InputSum | undefined
  /** The addresses that requests were sent to. */
  readonly endpoints: ReadonlySet<string>
  readonly fingerprint: Fingerprint
  /** See `otherFilesThan`. */
  readonly otherFiles: string
  readonly options: RevokeCommandOptions
  readonly terminal: Terminal
}

/** Revokes the tokens of an input, and records the outcome of each. */
export async function revokeInput(parts: RunParts): Promise<RunEnd> {
  const { input, format, clients, rateLimit, workersPace, journal, outcomes, log, listed } = parts
  const { digest, endpoints, fingerprint, otherFiles, options, terminal } = parts
  const { concurrency, verify = false, tokenTypeHint, quiet = false } = options
  const tally = createTally()
  const sums = journal && sumsFor(journal.key, journal.history)
  const reader = new LineReader(input, [...listSums(sums), ...(digest ? [digest] : [])])
  const startedAt = performance.now()
  const recorder = new Recorder({
    tally,
    verify,
    fingerprint,
    outcomes,
    journal,
    endpoints,
    checkpoint: () => source.checkpoint,
    onFailure: firstOnes((text) => progress.note(text), options.output),
    onFatal: (error) => control.fail(error),
  })
  const source: TokenSource = new TokenSource({
    reader,
    format,
    name: input.name,
    sums,
    history: journal?.history,
    otherFiles,
    onAccepted: () => outcomes?.begin(),
    problemWith: (row) => withoutCredentials(row, clients),
    onProblem: (row) => recorder.problem(row),
    onLeftOut: (why) => {
      tally[why]++
    },
    onSkip: (rows) => {
      tally.skipped += rows
    },
  })
  const progress = new Progress(terminal, progressOf(tally, reader, source, input), quiet)
  if (workersPace) workersPace.tell = (text) => progress.note(text)
  using control: RunControl = new RunControl(
    terminal,
    () => {
      source.stop()
      rateLimit?.stop()
      workersPace?.stop()
    },
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
    await refuseForeignFormat(reader, input.name, 'revoke')
    await progress.start()
    const { signal } = control
    const isOver = (): boolean => control.interrupted || control.fatal !== undefined
    const tokens = log ? listFirst(source, log, listed, tokenTypeHint, isOver) : source
    const rows = rateLimit ? rateLimit.apply(tokens) : tokens
    const run = { concurrency, verify, tokenTypeHint, signal, pacer: workersPace?.pacer, isOver }
    for await (const outcome of revokeRows(rows, clients, run)) {
      recorder.settle(outcome.row, outcome.revocation)
      const drained = isOver() ? undefined : outcomes?.drained()
      if (drained) await Promise.race([drained, control.ending])
    }
    await Promise.race([outcomes?.flushed(), control.ending])
  } catch (error) {
    if (!isStop(error)) control.fail(asCommandError(error, input.name))
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
  return {
    tally,
    durationMs: performance.now() - startedAt,
    complete,
    exitCode,
    fatal,
    inputDigest: digest && { name: input.name, bytes: reader.bytes, sha256: reader.sum(digest) },
  }
}

/** Reports each sent request to a rate limit, and collects the addresses. */
export function watching(
  rateLimit: RateLimit | undefined,
  endpoints: Set<string> | undefined,
): { onEvent?: (event: LogoutEvent) => void } {
  if (!rateLimit && !endpoints) return {}
  return {
    onEvent: ({ type, endpoint }) => {
      if (type !== 'attempt') return
      rateLimit?.sent()
      if (endpoint !== undefined && endpoints && endpoints.size < MAX_ENDPOINTS) endpoints.add(endpoint)
    },
  }
}

function progressOf(tally: Tally, reader: LineReader, source: TokenSource, { totalBytes }: Input): ProgressSource {
  return {
    done: () => settled(tally),
    failed: () => notRevoked(tally),
    doneBefore: () => tally.skipped,
    inFlight: () => source.given - (settled(tally) - tally.invalid),
    isCatchingUp: () => source.isCatchingUp,
    bytes: () => reader.bytes,
    totalBytes,
  }
}

/** The run was aborted, or the pace that it shares was closed for the same reason. */
function isStop(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'closed' || (isLogoutError(error) && code === 'aborted')
}

function asCommandError(error: unknown, input: string): CommandError {
  if (error instanceof CommandError) return error
  if (isLogoutError(error) || !(error instanceof Error && 'syscall' in error)) throw error
  return new CommandError(ExitCode.stopped, `${input} cannot be read any further: ${describeSystemError(error)}.`)
}
