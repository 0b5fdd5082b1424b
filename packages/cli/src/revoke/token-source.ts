import type { BulkToken } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { InputSum } from '../input/input-sum.ts'
import type { LineReader } from '../input/line-reader.ts'
import { parseTokenLine } from '../input/token-line.ts'
import type { JournalHistory } from './journal-history.ts'
import { type Checkpoint, isKeyed } from './journal-record.ts'

/** A token on its way, and where it came from. */
export interface OriginatedToken {
  /** The number of its line, from 1. */
  readonly line: number
  readonly token: string
}

/** Sums over the input, which the reader takes it into. */
export interface SourceSums {
  readonly keyed: InputSum
  /** For a history of the first format. */
  readonly unkeyed: InputSum | undefined
}

/** Options of a {@link TokenSource}. */
export interface TokenSourceOptions {
  readonly reader: LineReader
  /** How messages call the input. */
  readonly name: string
  /** Needed for a history, and for checkpoints. */
  readonly sums?: SourceSums | undefined
  /** What is confirmed already. */
  readonly history?: JournalHistory | undefined
  /** Is called before anything else is, as soon as the history turns out to be about this input. */
  readonly onAccepted?: () => void
  /** Receives each line that should contain a token but doesn't. */
  readonly onProblem: (line: number, problem: string) => void
  /** Receives how many lines are left out because their tokens are confirmed. */
  readonly onSkip: (lines: number) => void
}

/** A line with a token, or with something else in its place. */
type SourceLine =
  | (OriginatedToken & { readonly hint: string | undefined; readonly problem?: never })
  | { readonly line: number; readonly token?: never; readonly problem: string }

type Next = IteratorResult<BulkToken, undefined>

const END: Next = { done: true, value: undefined }
/** Longer parts than a run of 10 000 requests at a time leaves behind. */
const MAX_HELD_LINES = 32_768
const MAX_HELD_CHARACTERS = 64 * 1024 * 1024

/**
 * Gives the tokens of an input, without those that a journal calls confirmed. A part of the input is only skipped or
 * given out after its sum turned out to be the one in the journal.
 */
export class TokenSource implements AsyncIterableIterator<BulkToken, undefined> {
  readonly #reader: LineReader
  readonly #options: TokenSourceOptions
  readonly #checkpoints: readonly Checkpoint[]
  /** How many of the checkpoints were found to be right. */
  #passed = 0
  /** The last of them, with a keyed sum. */
  #known: Checkpoint = { read: 0, sum: '' }
  #accepted = false
  /** Lines of the part that is being checked. */
  #held: SourceLine[] = []
  #heldCharacters = 0
  /** How many lines of that part are confirmed. */
  #skipped = 0
  /** Lines of the part that was checked last, which are given out from `#readyAt` on. */
  #ready: SourceLine[] = []
  #readyAt = 0
  #given = 0
  readonly #onTheWay = new Map<number, OriginatedToken>()
  #stopped = false
  #endWaiting: (next: Next) => void = () => {}

  constructor(options: TokenSourceOptions) {
    this.#options = options
    this.#reader = options.reader
    this.#checkpoints = options.history?.checkpoints ?? []
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Whether the end was reached, so that there is no line left. */
  get exhausted(): boolean {
    return this.#reader.ended && this.#held.length === 0 && this.#readyAt >= this.#ready.length
  }

  /** How far the input is known to be the journal's. */
  get checkpoint(): Checkpoint {
    return this.#isUpToDate ? { read: this.#reader.line, sum: this.#keyedSum() } : this.#known
  }

  /** Ends the input here. What was given out already is not touched. */
  stop(): void {
    this.#stopped = true
    this.#endWaiting(END)
  }

  /** Where the token with this index came from. Call it once, when its outcome is known. */
  settle(index: number): OriginatedToken {
    const token = this.#onTheWay.get(index)
    if (!token) throw new Error(`No token has index ${index}.`)
    this.#onTheWay.delete(index)
    return token
  }

  async next(): Promise<Next> {
    while (!this.#stopped) {
      const token = this.#read()
      if (token) return this.#give(token)
      if (this.#reader.ended) {
        this.#checkEnd()
        return END
      }
      const stopped = new Promise<Next>((resolve) => {
        this.#endWaiting = resolve
      })
      const end = await Promise.race([this.#reader.fill(), stopped])
      if (end) return end
    }
    return END
  }

  /** Whether all that the journal says was found to be about this input. */
  get #isUpToDate(): boolean {
    return this.#passed === this.#checkpoints.length
  }

  /** Takes lines until one has a token that may be given out; `undefined` when more must be read first. */
  #read(): (OriginatedToken & { readonly hint: string | undefined }) | undefined {
    for (;;) {
      const ready = this.#ready[this.#readyAt]
      if (ready) this.#readyAt++
      const line = ready ?? this.#takeLine()
      if (line === undefined) return undefined
      if (line.token !== undefined) return line
      this.#options.onProblem(line.line, line.problem)
    }
  }

  /** The next line that may be given out, unless that is one of `#ready`. */
  #takeLine(): SourceLine | undefined {
    if (this.#isUpToDate) this.#accept()
    for (let line = this.#reader.take(); line !== undefined; line = this.#reader.take()) {
      const number = this.#reader.line
      const parsed = parseTokenLine(line)
      const found: SourceLine | undefined = parsed && { line: number, ...parsed }
      if (this.#isUpToDate) {
        if (found) return found
        continue
      }
      if (found && this.#options.history?.done.has(number)) this.#skipped++
      else if (found) this.#hold(found)
      const ready = this.#check(number)
      if (ready) return ready
    }
    return undefined
  }

  /** Keeps a line until it is known whether the journal is about this input. */
  #hold(line: SourceLine): void {
    this.#held.push(line)
    this.#heldCharacters += line.token?.length ?? 0
    if (this.#held.length <= MAX_HELD_LINES && this.#heldCharacters <= MAX_HELD_CHARACTERS) return
    throw this.#refuse('it has too few records to check them')
  }

  /** Compares the sums behind a line. When they are the same, gives the first line of the part that ends here. */
  #check(number: number): SourceLine | undefined {
    const checkpoint = this.#checkpoints[this.#passed]
    if (checkpoint?.read !== number) return undefined
    const sum = this.#keyedSum()
    if (checkpoint.sum !== (isKeyed(checkpoint) ? sum : this.#unkeyedSum())) throw this.#refuse('they have changed')
    this.#passed++
    this.#known = { read: number, sum }
    this.#accept()
    this.#options.onSkip(this.#skipped)
    this.#skipped = 0
    this.#ready = this.#held
    this.#readyAt = 1
    this.#held = []
    this.#heldCharacters = 0
    return this.#ready[0]
  }

  #checkEnd(): void {
    if (!this.#isUpToDate) throw this.#refuse('they have changed')
  }

  #accept(): void {
    if (this.#accepted) return
    this.#accepted = true
    this.#options.onAccepted?.()
  }

  #give({ line, token, hint }: OriginatedToken & { readonly hint: string | undefined }): Next {
    this.#onTheWay.set(this.#given++, { line, token })
    return { done: false, value: hint === undefined ? token : { token, tokenTypeHint: hint } }
  }

  #keyedSum(): string {
    const { sums } = this.#options
    return sums ? this.#reader.sum(sums.keyed) : ''
  }

  #unkeyedSum(): string | undefined {
    const unkeyed = this.#options.sums?.unkeyed
    return unkeyed && this.#reader.sum(unkeyed)
  }

  #refuse(why: string): CommandError {
    const from = this.#known.read + 1
    const to = this.#checkpoints[this.#passed]?.read
    return new CommandError(
      this.#given === 0 ? ExitCode.usage : ExitCode.stopped,
      `The journal belongs to another input than ${this.#options.name}, or is damaged. Lines ${from} to ${to}: ${why}. No ` +
        'token of these lines was sent. Restore the input, or name another journal to start over.',
    )
  }
}
