import { codingsOf, decode } from './content-coding.ts'

/** From here on, a buffer is doubled when it is too small. */
const MIN_GROWTH = 512

/**
 * The body of one answer, collected in one buffer. Chunks are copied, not kept: a chunk of one byte takes more than a
 * hundred bytes, and may hold on to the whole buffer that the socket read into.
 */
export class AnswerBody {
  readonly #maxBytes: number
  readonly #codings: readonly string[] | undefined
  #bytes: Buffer | undefined
  #size = 0
  #truncated = false

  /**
   * @param maxBytes The limit for what was sent as well as for what it is decoded to.
   * @param contentEncoding The header of this name.
   */
  constructor(maxBytes: number, contentEncoding: string | readonly string[] | undefined) {
    this.#maxBytes = maxBytes
    this.#codings = codingsOf(contentEncoding)
  }

  /** Adds a chunk, and tells whether it makes sense to read on. */
  add(chunk: Buffer): boolean {
    const left = this.#maxBytes - this.#size
    this.#truncated = this.#codings === undefined || chunk.length > left
    if (this.#codings) {
      const end = this.#size + Math.min(chunk.length, left)
      chunk.copy(this.#room(end), this.#size)
      this.#size = end
    }
    return !this.#truncated
  }

  /**
   * The body as text, and whether that is less than all of it. What is too large once it is decoded, or in a coding that
   * is not supported, is given as empty and truncated.
   *
   * @throws Error when compressed data is broken
   */
  read(): { body: string; truncated: boolean } {
    const [sent, codings] = [this.#bytes?.subarray(0, this.#size), this.#codings]
    this.#bytes = undefined
    if (!sent || !codings) return { body: '', truncated: this.#truncated }
    if (codings.length === 0) return { body: textOf(sent), truncated: this.#truncated }
    const decoded = this.#truncated ? undefined : decode(sent, codings, this.#maxBytes)
    return { body: decoded ? textOf(decoded) : '', truncated: decoded === undefined }
  }

  /** The buffer, grown to hold this many bytes. */
  #room(size: number): Buffer {
    const bytes = this.#bytes
    if (!bytes) {
      // Nearly always the whole body, and so short that it comes from Node's pool.
      this.#bytes = Buffer.allocUnsafe(size)
    } else if (bytes.length < size) {
      // Not from the pool, whose slabs stay for as long as anything in them.
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(size, 2 * bytes.length, MIN_GROWTH), this.#maxBytes))
      bytes.copy(larger, 0, 0, this.#size)
      this.#bytes = larger
    }
    return this.#bytes as Buffer
  }
}

/** As `fetch` decodes text: without a byte order mark. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
