import type { BulkToken } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { LineReader } from '../input/line-reader.ts'
import { parseTokenLine } from '../input/token-line.ts'
import type { JournalHistory } from './journal.ts'
import type { Checkpoint } from './journal-record.ts'

/** A token on its way, and where it came from. */
export interface OriginatedToken {
  /** The number of its line, from 1. */
  readonly line: number
  readonly token: string
}

/** What a {@link TokenSource} is made of. */
export interface TokenSourceOptions {
  readonly reader: LineReader
  /** How messages call the input. */
  readonly name: string
  /** What is confirmed already. */
  readonly history?: JournalHistory | undefined
  /** Is told of each line that holds no token and should. */
  readonly onProblem: (line: number, problem: string) => void
  /** Is told of each line that is left out because its token is confirmed. */
  readonly onSkip: (line: number) => void
}

/** A token before it is given out. */
interface HeldToken extends OriginatedToken {
  readonly hint: string | undefined
}

type Next = IteratorResult<BulkToken, undefined>

const END: Next = { done: true, value: undefined }

/**
 * Gives the tokens of an input, without those that a journal calls confirmed. Nothing that the journal says about a
 * part of the input is believed, and nothing of that part is given out, before the digest of that part was found to be
 * the same.
 */
export class TokenSource implements AsyncIterableIterator<BulkToken, undefined> {
  readonly #reader: LineReader
  readonly #options: TokenSourceOptions
  readonly #checkpoints: readonly Checkpoint[]
  /** How many of the checkpoints were found to be right. */
  #passed = 0
  /** Tokens of a part that is not checked yet, and of one that is. */
  readonly #held: HeldToken[] = []
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
    return this.#reader.ended && this.#held.length === 0
  }

  /** How far the input is known to be the journal's. */
  get checkpoint(): Checkpoint {
    const last = this.#checkpoints.at(-1)
    if (last && this.#passed < this.#checkpoints.length) {
      return this.#checkpoints[this.#passed - 1] ?? { read: 0, sum: last.sum }
    }
    return { read: this.#reader.line, sum: this.#reader.digest() }
  }

  /** Ends the input here. What was given out already is not touched. */
  stop(): void {
    this.#stopped = true
    this.#endWaiting(END)
  }

  /** Where the token with this index came from; to be asked once, when its fate is known. */
  settle(index: number): OriginatedToken {
    const token = this.#onTheWay.get(index)
    if (!token) throw new Error(`No token has index ${index}.`)
    this.#onTheWay.delete(index)
    return token
  }

  // Typed as the protocol wants it. What is there already is returned without a promise, as the client takes both.
  next(): Promise<Next> {
    return this.#next() as Promise<Next>
  }

  #next(): Next | Promise<Next> {
    const { onProblem, onSkip, history } = this.#options
    while (!this.#stopped) {
      const held = this.#held[0]
      if (held && this.#verified(held.line)) {
        this.#held.shift()
        return this.#give(held)
      }
      const line = this.#reader.take()
      if (line === undefined) {
        if (!this.#reader.ended) return this.#more()
        this.#checkEnd()
        return END
      }
      const number = this.#reader.line
      const parsed = parseTokenLine(line)
      if (parsed && history?.done.has(number)) onSkip(number)
      else if (parsed?.token !== undefined) {
        const { token, hint } = parsed
        // The usual case, without the detour.
        if (this.#passed === this.#checkpoints.length && !held) return this.#give({ line: number, token, hint })
        this.#held.push({ line: number, token, hint })
      } else if (parsed) onProblem(number, parsed.problem)
      this.#check(number)
    }
    return END
  }

  /** Whether the token of a line may be given out: the part that it belongs to was checked. */
  #verified(line: number): boolean {
    return this.#passed === this.#checkpoints.length || line <= (this.#checkpoints[this.#passed - 1]?.read ?? 0)
  }

  #give(held: HeldToken): Next {
    const { token, hint } = held
    this.#onTheWay.set(this.#given++, held)
    return { done: false, value: hint === undefined ? token : { token, tokenTypeHint: hint } }
  }

  async #more(): Promise<Next> {
    const stopped = new Promise<Next>((resolve) => {
      this.#endWaiting = resolve
    })
    const first = await Promise.race([this.#reader.fill(), stopped])
    return first ?? this.#next()
  }

  #check(line: number): void {
    const next = this.#checkpoints[this.#passed]
    if (next?.read !== line) return
    if (next.sum !== this.#reader.digest()) throw this.#otherInput()
    this.#passed++
  }

  #checkEnd(): void {
    if (this.#passed < this.#checkpoints.length) throw this.#otherInput()
  }

  #otherInput(): CommandError {
    const from = (this.#checkpoints[this.#passed - 1]?.read ?? 0) + 1
    const to = this.#checkpoints[this.#passed]?.read
    return new CommandError(
      this.#given === 0 ? ExitCode.usage : ExitCode.stopped,
      `The journal belongs to another input: ${this.#options.name} is not what it was in lines ${from} to ${to}. ` +
        'No token of these lines was sent. Restore the input, or name another journal to start anew.',
    )
  }
}
