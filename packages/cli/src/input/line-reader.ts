import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'

/** Longest line, in bytes: the longest token and its JSON around it. */
const MAX_LINE_BYTES = 131_072

const NEWLINE = 10
const BUFFER_BYTES = 2 * MAX_LINE_BYTES

/** One line, or why it cannot be one. */
export type Line =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }

/**
 * Splits bytes into lines, and knows how many there were and a digest of all of them. Lines end in LF or CRLF, the
 * last one also without. A line that is too long, or no UTF-8, is a problem of that line alone.
 *
 * What is there is taken without waiting: `readline` costs several times as much.
 */
export class LineReader {
  readonly #source: ByteSource
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  /** Where in the buffer the next line starts. */
  #at = 0
  /** Where in the buffer what was read ends. */
  #end = 0
  /** Up to where the buffer is part of the checksum; never beyond `#at`. */
  #summed = 0
  #crc = 0
  /** Whether the line at hand is too long; then its bytes are dropped up to its end. */
  #overlong = false
  #ended = false
  #line = 0
  #bytes = 0
  #unterminated = false

  constructor(source: ByteSource) {
    this.#source = source
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
    return this.#ended && this.#at === this.#end && !this.#overlong
  }

  /** Whether the last line that was taken ended without a line break, as it does when a writer was killed. */
  get unterminated(): boolean {
    return this.#unterminated
  }

  /** Takes the next line. `undefined` when more must be read first, or there are no more: see {@link LineReader.ended}. */
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
    // A wrong byte becomes a replacement character, and so another token, which the provider would claim to revoke.
    if (text.includes('\ufffd') && !isUtf8(this.#buffer.subarray(start, end))) {
      return { problem: 'The line is not UTF-8 text.' }
    }
    return { text: this.#line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text }
  }

  /** Reads more. Call it when {@link LineReader.take} gave nothing. */
  async fill(): Promise<void> {
    this.#absorb()
    if (this.#overlong || this.#end - this.#at > MAX_LINE_BYTES) {
      this.#overlong = true
      this.#crc = crc32(this.#buffer.subarray(this.#at, this.#end), this.#crc)
      this.#bytes += this.#end - this.#at
      this.#at = this.#end
    }
    this.#buffer.copyWithin(0, this.#at, this.#end)
    this.#end -= this.#at
    this.#at = 0
    this.#summed = 0
    const count = await this.#source.read(this.#buffer, this.#end)
    if (count === 0) this.#ended = true
    this.#end += count
  }

  /** The first bytes of the input, before any line was taken: they tell what kind of file this is. */
  peek(): Uint8Array {
    return this.#buffer.subarray(this.#at, Math.min(this.#at + 4, this.#end))
  }

  /**
   * Tells whether this is the same input as another one, as far as it was taken: CRC-32 and length of all lines, each
   * with its line break. That is meant for mistakes, and not for people who forge inputs.
   */
  digest(): string {
    this.#absorb()
    // So that an input which grows is still the same as far as it went.
    const [crc, bytes] = this.#unterminated ? [crc32('\n', this.#crc), this.#bytes + 1] : [this.#crc, this.#bytes]
    return `${crc.toString(16).padStart(8, '0')}.${bytes}`
  }

  #absorb(): void {
    if (this.#summed < this.#at) this.#crc = crc32(this.#buffer.subarray(this.#summed, this.#at), this.#crc)
    this.#summed = this.#at
  }
}
