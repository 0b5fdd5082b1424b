import { isUtf8 } from 'node:buffer'
import type { ByteSource } from './byte-source.ts'
import type { InputSum } from './input-sum.ts'

/** Longest line, in bytes: the longest token and its JSON around it. */
const MAX_LINE_BYTES = 131_072

const NEWLINE = 10
const BUFFER_BYTES = 2 * MAX_LINE_BYTES

const NOT_UTF8 = 'The line is not UTF-8 text.'

/** One line, or the problem with it. */
export type Line =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }

/** The problem with a line, for people: with what to do about it, if anything can be. */
export function problemWithAdvice(problem: string): string {
  return problem === NOT_UTF8
    ? `${problem} If Windows wrote it: iconv -f WINDOWS-1252 -t UTF-8 FILE | backend-logout …`
    : problem
}

/**
 * Splits bytes into lines, counts them and sums them up. Lines end in LF or CRLF; the last line may end in neither. A
 * line that is too long, or not UTF-8, affects only itself.
 *
 * Available lines are returned without waiting: `readline` costs several times as much.
 */
export class LineReader {
  readonly #source: ByteSource
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  /** Position of the next line in the buffer. */
  #at = 0
  /** The end of the data in the buffer. */
  #end = 0
  /** The end of the part of the buffer that is in the sums; never beyond `#at`. */
  #summed = 0
  readonly #sums: readonly InputSum[]
  /** True while the current line is too long; the rest of its bytes is dropped. */
  #overlong = false
  #ended = false
  #line = 0
  #bytes = 0
  #unterminated = false

  /** @param sums Receive the bytes of all lines. */
  constructor(source: ByteSource, sums: readonly InputSum[] = []) {
    this.#source = source
    this.#sums = sums
  }

  /** Number of lines read. */
  get line(): number {
    return this.#line
  }

  /** Number of bytes read as lines. */
  get bytes(): number {
    return this.#bytes
  }

  /** True once everything has been read. */
  get ended(): boolean {
    return this.#ended && this.#at === this.#end && !this.#overlong
  }

  /** True if the last returned line had no line break, as after a writer is killed. */
  get unterminated(): boolean {
    return this.#unterminated
  }

  /** Returns the next line; `undefined` when more must be read, or there are no more: see {@link LineReader.ended}. */
  take(): Line | undefined {
    const start = this.#at
    const found = this.#buffer.indexOf(NEWLINE, start)
    const newline = found < this.#end ? found : -1
    if (newline === -1 && !(this.#ended && !this.ended)) return undefined
    this.#unterminated = newline === -1
    const end = newline === -1 ? this.#end : newline
    this.#at = newline === -1 ? end : end + 1
    this.#bytes += this.#at - start
    this.#line++
    if (this.#overlong || end - start > MAX_LINE_BYTES) {
      this.#overlong = false
      return { problem: `The line is longer than ${MAX_LINE_BYTES} bytes.` }
    }
    const text = this.#buffer.toString('utf8', start, end)
    // An invalid byte becomes a replacement character, and so another token, which the provider would claim to revoke.
    if (text.includes('\ufffd') && !isUtf8(this.#buffer.subarray(start, end))) {
      return { problem: NOT_UTF8 }
    }
    return { text: this.#line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text }
  }

  /** Reads more. Call it when {@link LineReader.take} has returned nothing. */
  async fill(): Promise<void> {
    this.#absorb()
    if (this.#overlong || this.#end - this.#at > MAX_LINE_BYTES) {
      this.#overlong = true
      this.#bytes += this.#end - this.#at
      this.#at = this.#end
      this.#absorb()
    }
    this.#buffer.copyWithin(0, this.#at, this.#end)
    this.#end -= this.#at
    this.#at = 0
    this.#summed = 0
    const count = await this.#source.read(this.#buffer, this.#end)
    if (count === 0) this.#ended = true
    this.#end += count
  }

  /** The first bytes of the input, before any line is returned: they show the type of the file. */
  peek(): Uint8Array {
    return this.#buffer.subarray(this.#at, Math.min(this.#at + 6, this.#end))
  }

  /** The sum of all returned lines, each with its line break; one of those that the reader was created with. */
  sum(sum: InputSum): string {
    this.#absorb()
    return sum.value(this.#unterminated ? '\n' : '')
  }

  #absorb(): void {
    if (this.#summed === this.#at) return
    const taken = this.#buffer.subarray(this.#summed, this.#at)
    for (const sum of this.#sums) sum.add(taken)
    this.#summed = this.#at
  }
}
