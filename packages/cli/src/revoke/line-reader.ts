import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'

/** Longest line, in bytes: the longest token and its JSON around it. */
const MAX_LINE_BYTES = 131_072

const NEWLINE = 10
const NOTHING: Buffer = Buffer.alloc(0)

/** One line, or why it cannot be one. */
export type Line =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }

/**
 * Splits bytes into lines, and knows how many there were and the digest of all of them. Lines end in LF or CRLF, the
 * last one also without. A line that is too long, or no UTF-8, is a problem of that line alone.
 *
 * What is there is taken without waiting: `readline` costs several times as much.
 */
export class LineReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #hash: Hash | undefined
  #buffer = NOTHING
  /** Where in the buffer the next line starts. */
  #at = 0
  /** Up to where the buffer has gone into the hash; never beyond `#at`. */
  #hashed = 0
  /** Whether the line at hand is too long; then its bytes are dropped up to its end. */
  #overlong = false
  #ended = false
  #line = 0
  #bytes = 0
  #unterminated = false

  /**
   * @param options.digest Whether {@link LineReader.digest} is wanted.
   */
  constructor(chunks: AsyncIterable<Buffer>, { digest }: { readonly digest: boolean }) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#hash = digest ? createHash('sha256') : undefined
  }

  /** How many lines were taken. */
  get line(): number {
    return this.#line
  }

  /** How many bytes were taken as lines. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether all was taken and there is nothing more to read. */
  get ended(): boolean {
    return this.#ended && this.#at === this.#buffer.length && !this.#overlong
  }

  /** Whether the last line that was taken ended without a line break, as it does when a writer was killed. */
  get unterminated(): boolean {
    return this.#unterminated
  }

  /** Takes the next line. `undefined` when more must be read first, or there are no more: see {@link LineReader.ended}. */
  take(): Line | undefined {
    const start = this.#at
    const newline = this.#buffer.indexOf(NEWLINE, start)
    if (newline === -1 && !(this.#ended && !this.ended)) return undefined
    this.#unterminated = newline === -1
    const end = newline === -1 ? this.#buffer.length : newline
    this.#at = newline === -1 ? end : end + 1
    this.#bytes += this.#at - start
    this.#line++
    if (this.#overlong || end - start > MAX_LINE_BYTES) {
      this.#overlong = false
      return { problem: `The line is longer than ${MAX_LINE_BYTES} bytes.` }
    }
    const text = this.#buffer.toString('utf8', start, end)
    // A wrong byte becomes a replacement character, and so another token, which the provider would claim to revoke.
    if (text.includes('\ufffd') && !isUtf8(this.#buffer.subarray(start, end))) {
      return { problem: 'The line is not UTF-8 text.' }
    }
    return { text: this.#line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text }
  }

  /** Reads more. Call it when {@link LineReader.take} gave nothing. */
  async fill(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done) {
      this.#ended = true
      return
    }
    this.#absorb()
    let rest = this.#buffer.subarray(this.#at)
    if (this.#overlong || rest.length > MAX_LINE_BYTES) {
      this.#overlong = true
      this.#hash?.update(rest)
      this.#bytes += rest.length
      rest = NOTHING
    }
    this.#buffer = rest.length === 0 ? value : Buffer.concat([rest, value])
    this.#at = 0
    this.#hashed = 0
  }

  /** The first bytes of the input, before any line was taken: they tell what kind of file this is. */
  peek(): Uint8Array {
    return this.#buffer.subarray(this.#at, this.#at + 4)
  }

  /** The SHA-256 of all lines that were taken, each with its line break, as 16 hexadecimal digits. */
  digest(): string {
    if (!this.#hash) throw new Error('The reader was made without a digest.')
    this.#absorb()
    const hash = this.#hash.copy()
    // So that an input which grows is still the same as far as it went.
    if (this.#unterminated) hash.update('\n')
    return hash.digest('hex').slice(0, 16)
  }

  #absorb(): void {
    if (this.#hashed < this.#at) this.#hash?.update(this.#buffer.subarray(this.#hashed, this.#at))
    this.#hashed = this.#at
  }
}
