import { within } from './time-limit.ts'

/** The reason why a body could not be read. */
export type BodyProblem = 'body_too_large' | 'incomplete_body'

/** The longest body, in bytes: the longest token, other parameters, and their encoding. */
const MAX_BYTES = 32_768
/** The usual length, in bytes: creating a longer buffer costs more than verifying that a token is forged. */
const USUAL_BYTES = 4_096
/** The time limit for the sender, in milliseconds. */
const TIMEOUT_MS = 10_000

/** Reads the body of a request as text, or returns the reason why that is not possible. */
export async function readBodyText(
  request: Request,
  timeoutMs: number = TIMEOUT_MS,
  maxBytes: number = MAX_BYTES,
): Promise<string | { readonly problem: BodyProblem }> {
  if (Number(request.headers.get('content-length')) > maxBytes) return { problem: 'body_too_large' }
  try {
    // Some servers create the request only now, and throw if its address is not a URL.
    if (request.bodyUsed) return { problem: 'incomplete_body' }
    if (!request.body) return ''
    // One buffer: each kept chunk can keep a large one alive.
    let bytes = new Uint8Array(USUAL_BYTES)
    let size = 0
    const reader = request.body.getReader()
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return { problem: 'incomplete_body' }
      const { done, value } = await within(leftMs, () => reader.read())
      // Bytes that are not UTF-8 are neither a token nor JSON.
      if (done) return new TextDecoder().decode(bytes.subarray(0, size))
      // The rest is not canceled: on some servers that breaks the connection before the response is out.
      if (size + value.length > maxBytes) return { problem: 'body_too_large' }
      if (size + value.length > bytes.length) bytes = enlarge(bytes, maxBytes)
      bytes.set(value, size)
      size += value.length
    }
  } catch {
    return { problem: 'incomplete_body' }
  }
}

/** Copies the bytes into a buffer for the longest body. */
function enlarge(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}
