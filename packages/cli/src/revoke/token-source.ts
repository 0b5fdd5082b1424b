import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { LineReader } from '../input/line-reader.ts'
import type { BadRow, LeftOutRow, Row, TokenRow } from '../input/row.ts'
import { EarlyRows } from './early-rows.ts'
import { type Checkpoint, isKeyed } from './journal-record.ts'
import type { TokenSourceOptions } from './token-source-options.ts'

/** A row that is returned or reported. */
type FoundRow = TokenRow | BadRow
type Next = IteratorResult<TokenRow, undefined>

const END: Next = { done: true, value: undefined }

/** More than a run of 10 000 concurrent requests leaves behind. */
const MAX_HELD_ROWS = 32_768
const MAX_HELD_CHARACTERS = 64 * 1024 * 1024

/**
 * Yields the tokens of an input, except those that a journal confirms. No record of the journal about a part of the
 * input is trusted, and no token of that part is returned, before the sum of that part was found to be the same.
 */
export class TokenSource implements AsyncIterableIterator<TokenRow, undefined> {
  readonly #reader: LineReader
  readonly #options: TokenSourceOptions
  readonly #checkpoints: readonly Checkpoint[]
  /** The number of checkpoints that matched the input. */
  #passed = 0
  /** The last of them, with a keyed sum. */
  #known: Checkpoint = { read: 0, sum: '' }
  #accepted = false
  /** Rows of the part that is being checked. */
  #held: FoundRow[] = []
  #heldCharacters = 0
  /** The number of rows of that part that are confirmed. */
  #skipped = 0
  /** Rows of the last checked part, which are returned from `#readyAt` on. */
  #ready: FoundRow[] = []
  #readyAt = 0
  #finished = false
  /** Rows without a token, until the first one with a token. */
  #early: EarlyRows | undefined
  #given = 0
  #stopped = false
  #endWaiting: (next: Next) => void = () => {}

  constructor(options: TokenSourceOptions) {
    this.#options = options
    this.#reader = options.reader
    this.#checkpoints = options.history?.checkpoints ?? []
    // An earlier run has decided how to read this part.
    this.#early = this.#checkpoints.length === 0 ? new EarlyRows(options.name, options.format) : undefined
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** True once the end was reached and no line is left. */
  get exhausted(): boolean {
    return this.#finished && this.#readyAt >= this.#ready.length
  }

  /** Number of tokens returned. */
  get given(): number {
    return this.#given
  }

  /** True while it reads the part that an earlier run has read. */
  get isCatchingUp(): boolean {
    return !this.#isUpToDate
  }

  /** The position up to which the input is known to match the journal's. */
  get checkpoint(): Checkpoint {
    return this.#isUpToDate ? { read: this.#reader.line, sum: this.#keyedSum() } : this.#known
  }

  /** Ends the input here. Returned tokens are not affected. */
  stop(): void {
    this.#stopped = true
    this.#endWaiting(END)
  }

  async next(): Promise<Next> {
    while (!this.#stopped) {
      const row = this.#read()
      if (row) return { done: false, value: row }
      if (this.#finished) {
        this.#passEarly(true)
        return END
      }
      if (this.#reader.ended) {
        this.#finish()
        continue
      }
      const stopped = Promise.withResolvers<Next>()
      this.#endWaiting = stopped.resolve
      const end = await Promise.race([this.#reader.fill(), stopped.promise])
      if (end) return end
    }
    return END
  }

  /** True once the whole journal was found to match this input. */
  get #isUpToDate(): boolean {
    return this.#passed === this.#checkpoints.length
  }

  /** Reads rows until one has a token that may be returned; `undefined` when more must be read first. */
  #read(): TokenRow | undefined {
    for (let row = this.#takeRow(); row !== undefined; row = this.#takeRow()) {
      if (row.token !== undefined) {
        this.#passEarly(false)
        const problem = this.#options.problemWith?.(row)
        if (!problem) {
          this.#given++
          return row
        }
        this.#options.onProblem(problem)
      } else if (this.#early) this.#early.add(row)
      else this.#options.onProblem(row)
    }
    return undefined
  }

  /** The next row that may be returned. */
  #takeRow(): FoundRow | undefined {
    for (;;) {
      const row = this.#ready[this.#readyAt++]
      if (row) return row
      this.#ready = []
      this.#readyAt = 0
      const line = this.#reader.take()
      if (line === undefined) return undefined
      const { line: number } = this.#reader
      for (const found of this.#options.format.add(line, number)) this.#add(found)
      this.#check(number)
    }
  }

  #add(row: Row): void {
    const { history } = this.#options
    // Not held: a table may have millions of rows between two that count.
    if (row.token === undefined && row.problem === undefined) this.#leaveOut(row.leftOut)
    // Also after the last checkpoint: a row whose quotes are open may end long after its first line.
    else if (history?.done.has(row.line)) this.#skip()
    else this.#hold(row.token !== undefined && history?.active?.has(row.line) ? { ...row, wasActive: true } : row)
  }

  #leaveOut(why: LeftOutRow['leftOut']): void {
    if (why === 'empty') this.#early?.addEmpty()
    this.#options.onLeftOut?.(why)
  }

  #skip(): void {
    if (this.#isUpToDate) this.#options.onSkip(1)
    else this.#skipped++
  }

  /** There are no more lines. */
  #finish(): void {
    if (!this.#isUpToDate) throw this.#refusal('they have changed')
    this.#finished = true
    for (const row of this.#options.format.end()) this.#add(row)
  }

  /** There is a token, or no further row: the rows up to here count. */
  #passEarly(isEnd: boolean): void {
    const early = this.#early
    if (!early) return
    if (isEnd) early.end()
    this.#early = undefined
    this.#accept()
    for (const row of early.rows) this.#options.onProblem(row)
  }

  /** Keeps a row until it is known whether the journal is about this input. */
  #hold(row: FoundRow): void {
    if (this.#isUpToDate) {
      this.#ready.push(row)
      return
    }
    this.#held.push(row)
    this.#heldCharacters += row.token?.length ?? 0
    if (this.#held.length <= MAX_HELD_ROWS && this.#heldCharacters <= MAX_HELD_CHARACTERS) return
    throw this.#refusal('it has too few records to check them')
  }

  /** Compares the sums after a line. If they are equal, the rows of the part that ends here may be returned. */
  #check(number: number): void {
    const checkpoint = this.#checkpoints[this.#passed]
    if (checkpoint?.read !== number) return
    const sum = this.#keyedSum()
    if (checkpoint.sum !== (isKeyed(checkpoint) ? sum : this.#unkeyedSum())) throw this.#refusal('they have changed')
    this.#passed++
    this.#known = { read: number, sum }
    this.#accept()
    this.#options.onSkip(this.#skipped)
    this.#skipped = 0
    this.#ready = this.#held
    this.#held = []
    this.#heldCharacters = 0
  }

  #accept(): void {
    if (!this.#accepted) this.#options.onAccepted?.()
    this.#accepted = true
  }

  #keyedSum(): string {
    return this.#options.sums ? this.#reader.sum(this.#options.sums.keyed) : ''
  }

  #unkeyedSum(): string | undefined {
    return this.#options.sums?.unkeyed && this.#reader.sum(this.#options.sums.unkeyed)
  }

  #refusal(why: string): CommandError {
    const { name, otherFiles } = this.#options
    const from = this.#known.read + 1
    const to = this.#checkpoints[this.#passed]?.read
    return new CommandError(
      this.#given === 0 ? ExitCode.usage : ExitCode.stopped,
      `The journal belongs to another input than ${name}, or is damaged. Lines ${from} to ${to}: ${why}. No ` +
        `token of these lines was sent. Restore the input, or name ${otherFiles} to start over.`,
    )
  }
}
