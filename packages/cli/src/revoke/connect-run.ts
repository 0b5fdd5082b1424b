import type { RevocationLog } from '@backend-logout/revocations/server'
import type { Fingerprint } from '../fingerprint.ts'
import type { InputSum } from '../input/input-sum.ts'
import { LineReader } from '../input/line-reader.ts'
import type { Input } from '../input/open-input.ts'
import type { RowFormat } from '../input/row.ts'
import type { OutcomeSink } from '../outcomes/outcome-stream.ts'
import { Progress, type ProgressSource } from '../progress/progress.ts'
import type { RateLimit } from '../rate-limit.ts'
import type { ListedCounts } from '../revocations/list-first.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { Clients } from './clients.ts'
import { firstOnes } from './first-failures.ts'
import type { Journal } from './journal.ts'
import { Recorder } from './recorder.ts'
import type { RevokeCommandOptions } from './revoke-options.ts'
import { RunControl } from './run-control.ts'
import { listSums, sumsFor } from './source-sums.ts'
import { createTally, notRevoked, settled, type Tally } from './tally.ts'
import { TokenSource } from './token-source.ts'
import { withoutCredentials } from './without-credentials.ts'
import type { WorkersPace } from './workers-pace.ts'

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

/** The moving parts of a run. */
export interface ConnectedRun {
  readonly tally: Tally
  readonly reader: LineReader
  readonly recorder: Recorder
  readonly source: TokenSource
  readonly progress: Progress
  /** To be disposed of at the end of the run. */
  readonly control: RunControl
}

/** Connects the source of the tokens, the recorder of their outcomes and the control of the run with each other. */
export function connectRun(parts: RunParts): ConnectedRun {
  const { input, format, clients, rateLimit, workersPace, journal, outcomes } = parts
  const { digest, endpoints, fingerprint, otherFiles, options, terminal } = parts
  const { verify = false, quiet = false } = options
  const tally = createTally()
  const sums = journal && sumsFor(journal.key, journal.history)
  const reader = new LineReader(input, [...listSums(sums), ...(digest ? [digest] : [])])
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
  const control: RunControl = new RunControl(
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
  return { tally, reader, recorder, source, progress, control }
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
