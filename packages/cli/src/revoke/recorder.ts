import type { LogoutError, Revocation } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { Fingerprint } from '../fingerprint.ts'
import type { BadRow, TokenRow } from '../input/row.ts'
import { describeLogoutError } from '../logout-error.ts'
import { formatInvalid, formatOutcome } from '../outcomes/outcome-line.ts'
import type { OutcomeSink } from '../outcomes/outcome-stream.ts'
import type { Journal } from './journal.ts'
import type { Checkpoint } from './journal-record.ts'
import { formatLines } from './line-set.ts'
import { count, countInvalid, type Tally } from './tally.ts'

/** After this many rejections of the application in a row, the run stops: the next request would be rejected as well. */
const REFUSALS = 20
/** The largest number of lines between two records of a journal. */
const LINES_WITHOUT_RECORD = 1024
/** The largest number of outcomes that are written together, so that no line of a journal gets too long. */
const MAX_OUTCOMES = 1024

/** The destinations of a {@link Recorder}. */
export interface RecorderOptions {
  readonly tally: Tally
  readonly verify: boolean
  readonly fingerprint: Fingerprint
  readonly outcomes: OutcomeSink | undefined
  readonly journal: Journal | undefined
  /** The addresses that requests were sent to. */
  readonly endpoints?: ReadonlySet<string>
  /** The position up to which the input was read. */
  readonly checkpoint: () => Checkpoint
  /** Receives each token that is not revoked, by its line and without the token. */
  readonly onFailure: (line: number, kind: string, why: string) => void
  /** Receives the reason why the run must stop. Only the first call counts. */
  readonly onFatal: (error: CommandError) => void
}

/**
 * Writes the outcome of each token, first into the output, then into the journal. Everything that was answered in one
 * turn of the event loop is written together, before the next turn, so a kill loses only the requests in flight.
 */
export class Recorder {
  readonly #options: RecorderOptions
  #lines: string[] = []
  #done: number[] = []
  #active: number[] = []
  #recorded = 0
  #refusals = 0
  #scheduled: NodeJS.Immediate | undefined
  #failed = false

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Records the outcome of one token. */
  settle(row: TokenRow, revocation: Revocation): void {
    const { line, token } = row
    const { tally, verify, fingerprint, outcomes, journal, onFailure } = this.#options
    const { state, error } = revocation
    const confirmed = verify ? state === 'verified' : revocation.revoked
    count(tally, state, confirmed, error?.code)
    const name = outcomes || !confirmed ? fingerprint(token) : ''
    if (outcomes) this.#lines.push(formatOutcome(row, name, confirmed, revocation, new Date()))
    if (confirmed && journal) this.#done.push(line)
    // A later run can prove it from that: once a token is revoked, it is too late to introspect it.
    if (!confirmed && revocation.wasActive && journal) this.#active.push(line)
    if (!confirmed)
      onFailure(line, error?.code ?? state, `${name} is ${STATES[state]}. ${error ? describeLogoutError(error) : ''}`)
    this.#watch(error)
    this.#schedule()
  }

  /** Records a line that should contain a token but does not. */
  problem(row: BadRow): void {
    const { tally, outcomes, onFailure } = this.#options
    countInvalid(tally)
    onFailure(row.line, row.problem, row.problem)
    if (outcomes) this.#lines.push(formatInvalid(row, new Date()))
    this.#schedule()
  }

  /** Writes everything now. */
  flush(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    if (this.#failed) return
    const { outcomes, journal, endpoints, checkpoint, onFatal } = this.#options
    try {
      if (this.#lines.length > 0) outcomes?.write(this.#lines)
      this.#lines = []
      if (!journal) return
      const reached = checkpoint()
      if (this.#done.length + this.#active.length === 0 && reached.read - this.#recorded < LINES_WITHOUT_RECORD) return
      const lines = { done: formatLines(this.#done), active: formatLines(this.#active) }
      journal.append(reached, lines, outcomes?.bytes, endpoints)
      this.#done = []
      this.#active = []
      this.#recorded = reached.read
    } catch (error) {
      // Nothing is retried: unrecorded tokens are sent again by the next run.
      this.#failed = true
      onFatal(error as CommandError)
    }
  }

  /** Writes all records and the length of the output, so that the next run continues after it. */
  finish(): void {
    this.flush()
    const { outcomes, journal, endpoints, checkpoint, onFatal } = this.#options
    if (!journal || this.#failed) return
    try {
      const reached = checkpoint()
      if (reached.read > 0) journal.append(reached, { done: '' }, outcomes?.bytes, endpoints)
    } catch (error) {
      onFatal(error as CommandError)
    }
  }

  #schedule(): void {
    if (this.#lines.length >= MAX_OUTCOMES || this.#done.length >= MAX_OUTCOMES) this.flush()
    else this.#scheduled ??= setImmediate(() => this.flush())
  }

  #watch(error: LogoutError | undefined): void {
    // Nearly all wrong settings are found before the run; no token can be sent with these either.
    if (error?.code === 'invalid_options') {
      this.#options.onFatal(new CommandError(ExitCode.usage, `Stopping: ${describeLogoutError(error)}`))
      return
    }
    this.#refusals = error?.concerns === 'application' && !error.retryable ? this.#refusals + 1 : 0
    if (this.#refusals !== REFUSALS) return
    this.#options.onFatal(
      new CommandError(
        ExitCode.refused,
        `Stopping: the provider rejected ${REFUSALS} requests in a row for a reason that affects every token. ` +
          `${error ? describeLogoutError(error) : ''} 'backend-logout doctor' shows what works.`,
      ),
    )
  }
}

const STATES: Readonly<Record<Revocation['state'], string>> = {
  accepted: 'accepted, but not verified',
  verified: 'verified',
  live: 'not revoked',
  unknown: 'possibly not revoked',
  unsupported: 'not revoked',
}
