import { bodyText } from '@backend-logout/core'
import { codingsOf, decode } from './content-coding.ts'

/** The minimum size of a buffer that has grown; from there on, it doubles. */
const MIN_GROWTH = 512

/**
 * The body of one response, collected in one buffer. Chunks are copied, not kept: a chunk of one byte takes more than a
 * hundred bytes, and keeps the whole buffer alive that the socket read into.
 */
export class BodyBuffer {
  readonly #maxBytes: number
  readonly #codings: readonly string[] | undefined
  readonly #contentType: string | undefined
  #bytes: Buffer | undefined
  #size = 0
  #truncated = false

  /**
   * @param maxBytes The limit for the body as sent, and for the decoded body.
   * @param contentEncoding The value of the `Content-Encoding` header.
   * @param contentType The value of the `Content-Type` header.
   */
  constructor(maxBytes: number, contentEncoding: string | readonly string[] | undefined, contentType?: string) {
    this.#maxBytes = maxBytes
    this.#codings = codingsOf(contentEncoding)
    this.#contentType = contentType
  }

  /** Adds a chunk. Returns `false` if more data is pointless. */
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
   * Returns the body as text, and whether that is not the whole body. A compressed body that is too large, or in a coding
   * that is not supported, is returned as empty and truncated.
   *
   * @throws Error if compressed data is corrupt
   */
  read(): { body: string; truncated: boolean } {
    const [sent, codings] = [this.#bytes?.subarray(0, this.#size), this.#codings]
    this.#bytes = undefined
    if (!sent || !codings) return { body: '', truncated: this.#truncated }
    if (codings.length === 0) return { body: this.#textOf(sent), truncated: this.#truncated }
    const decoded = this.#truncated ? undefined : decode(sent, codings, this.#maxBytes)
    return { body: decoded ? this.#textOf(decoded) : '', truncated: decoded === undefined }
  }

  #textOf(bytes: Buffer): string {
    const text = bytes.toString()
    // `toString()` takes a fraction of the time of a decoder.
    if (text.includes('\ufffd')) return bodyText(bytes, this.#contentType)
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }

  /** The buffer, grown to this number of bytes. */
  #room(size: number): Buffer {
    const bytes = this.#bytes
    if (!bytes) {
      // Usually the whole body, and small enough for Node's buffer pool.
      this.#bytes = Buffer.allocUnsafe(size)
    } else if (bytes.length < size) {
      // Not from the pool, which keeps a slab until everything in it is garbage.
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(size, 2 * bytes.length, MIN_GROWTH), this.#maxBytes))
      bytes.copy(larger, 0, 0, this.#size)
      this.#bytes = larger
    }
    return this.#bytes as Buffer
  }
}
