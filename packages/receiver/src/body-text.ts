import { type BodyProblem as ReadProblem, readBody } from '@backend-logout/core'

/** The reason why a body could not be read. */
type BodyProblem = 'body_too_large' | 'body_already_read' | 'incomplete_body' | 'malformed_body'

/** The longest body, in bytes: the longest token, other parameters, and their encoding. */
const MAX_BYTES = 32_768
/** The time limit for the sender, in milliseconds. */
const TIMEOUT_MS = 10_000

const PROBLEMS: Readonly<Record<ReadProblem, BodyProblem>> = {
  too_large: 'body_too_large',
  // By other code of the application, such as a body parser in front of the handler.
  already_read: 'body_already_read',
  too_slow: 'incomplete_body',
  broken_off: 'incomplete_body',
}

/** Reads the body of a request as text, or returns the reason why that is not possible. */
export async function readBodyText(
  request: Request,
  timeoutMs: number = TIMEOUT_MS,
  maxBytes: number = MAX_BYTES,
): Promise<string | { readonly problem: BodyProblem }> {
  const body = await readBody(request, { maxBytes, timeoutMs })
  if ('problem' in body) return { problem: PROBLEMS[body.problem] }
  try {
    // Replacing bytes that are not UTF-8 would change the name of a user, and end nothing.
    return new TextDecoder('utf-8', { fatal: true }).decode(body.bytes)
  } catch {
    return { problem: 'malformed_body' }
  }
}
