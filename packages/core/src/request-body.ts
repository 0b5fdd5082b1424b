import { TimedOut, within } from './time-limit.ts'

/** The reason why a body could not be read. */
export type BodyProblem = 'already_read' | 'too_large' | 'too_slow' | 'broken_off'

/** Limits for a body. */
export interface BodyLimits {
  /** The longest body, in bytes. */
  readonly maxBytes: number
  /** The time that the sender may take, in milliseconds. */
  readonly timeoutMs: number
}

/** The first buffer, in bytes, which most bodies fit in: to create a longer one would cost more than to check them. */
const USUAL_BYTES = 4_096

/**
 * Reads the body of a request that anyone may have sent, up to its limits, or returns the reason why that is not
 * possible. It never rejects.
 *
 * @example
 * ```ts
 * import { readBody } from '@backend-logout/core'
 *
 * const request = new Request('https://app.example.com/', { method: 'POST', body: 'logout_token=…' })
 * const body = await readBody(request, { maxBytes: 32_768, timeoutMs: 10_000 })
 * console.log('problem' in body ? body.problem : new TextDecoder().decode(body.bytes))
 * ```
 */
export async function readBody(
  request: Request,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<{ readonly bytes: Uint8Array } | { readonly problem: BodyProblem }> {
  try {
    // Some servers create the request only now, and throw if its address is not a URL.
    if (Number(request.headers.get('content-length')) > maxBytes) return { problem: 'too_large' }
    if (request.bodyUsed) return { problem: 'already_read' }
    if (!request.body) return { bytes: new Uint8Array() }
    // Chunks are not kept, because each of the smallest ones can keep a large buffer alive.
    let bytes = new Uint8Array(Math.min(USUAL_BYTES, maxBytes))
    let size = 0
    const reader = request.body.getReader()
    const deadline = performance.now() + timeoutMs
    for (;;) {
      // Buffered chunks would never let timers run.
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return { problem: 'too_slow' }
      const { done, value } = await within(leftMs, () => reader.read())
      if (done) return { bytes: bytes.subarray(0, size) }
      if (!ArrayBuffer.isView(value)) return { problem: 'broken_off' }
      const length = size + value.byteLength
      // The rest is not canceled: on some servers that breaks the connection before the response is out.
      if (length > maxBytes) return { problem: 'too_large' }
      if (length > bytes.length) {
        const larger = new Uint8Array(Math.min(maxBytes, length * 2))
        larger.set(bytes)
        bytes = larger
      }
      bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), size)
      size = length
    }
  } catch (error) {
    return { problem: error instanceof TimedOut ? 'too_slow' : 'broken_off' }
  }
}
