import { readBody } from '@backend-logout/core'

/** The reason why a body could not be read. */
type BodyProblem = 'body_too_large' | 'incomplete_body'

/** The longest body, in bytes: the longest token, other parameters, and their encoding. */
const MAX_BYTES = 32_768
/** The time limit for the sender, in milliseconds. */
const TIMEOUT_MS = 10_000

/** Reads the body of a request as text, or returns the reason why that is not possible. */
export async function readBodyText(
  request: Request,
  timeoutMs: number = TIMEOUT_MS,
  maxBytes: number = MAX_BYTES,
): Promise<string | { readonly problem: BodyProblem }> {
  const body = await readBody(request, { maxBytes, timeoutMs })
  // Bytes that are not UTF-8 are neither a token nor JSON.
  if ('bytes' in body) return new TextDecoder().decode(body.bytes)
  return { problem: body.problem === 'too_large' ? 'body_too_large' : 'incomplete_body' }
}
