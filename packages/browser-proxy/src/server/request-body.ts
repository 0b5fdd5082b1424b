import { type BodyProblem, readBody } from '@backend-logout/core'
import type { LogoutRequest } from './contract.ts'
import { HttpProblem } from './http-problem.ts'

/** As in the contract. Pages can send no more than this with `keepalive`. */
const MAX_BYTES = 65_536
/** Time limit for receiving the body. */
const TIMEOUT_MS = 10_000

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** The longest strings, as in the contract. */
const LIMITS: Readonly<Record<keyof LogoutRequest, number>> = {
  token: 65_536,
  token_type_hint: 100,
  id_token_hint: 65_536,
  return_to: 2_048,
  state: 4_096,
}

const INCOMPLETE: Readonly<Record<Exclude<BodyProblem, 'too_large'>, string>> = {
  already_read: 'Other code has already read the body.',
  too_slow: 'The body did not arrive in time.',
  broken_off: 'The body broke off.',
}

/**
 * Reads the body from the page. No body means an empty request.
 *
 * @throws HttpProblem when the body violates the contract
 */
export async function readLogoutRequest(request: Request, timeoutMs: number = TIMEOUT_MS): Promise<LogoutRequest> {
  const type = request.headers.get('content-type')
  if (type !== null && !JSON_TYPE.test(type)) throw wrongType()
  const bytes = await readPlainBody(request, timeoutMs)
  if (bytes.length === 0) return {}
  if (type === null) throw wrongType()
  return parse(bytes)
}

/**
 * Reads a body that is not compressed, up to the limit.
 *
 * @throws HttpProblem
 */
export async function readPlainBody(request: Request, timeoutMs: number = TIMEOUT_MS): Promise<Uint8Array> {
  if (!/^(?:identity)?$/i.test(request.headers.get('content-encoding') ?? '')) throw wrongType()
  const body = await readBody(request, { maxBytes: MAX_BYTES, timeoutMs })
  if ('bytes' in body) return body.bytes
  throw body.problem === 'too_large'
    ? new HttpProblem('body_too_large', `The body has more than ${MAX_BYTES} bytes.`)
    : new HttpProblem('incomplete_body', INCOMPLETE[body.problem])
}

function parse(bytes: Uint8Array): LogoutRequest {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('The body is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('The body is not an object.')
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(LIMITS, name)) {
      throw malformed('The body has an unknown member; it may be misspelled.')
    }
    const limit = LIMITS[name as keyof LogoutRequest]
    if (typeof member !== 'string' || member.trim() === '' || member.length > limit || !member.isWellFormed()) {
      throw malformed(`${name} must be a string of 1 to ${limit} characters.`)
    }
  }
  const request = value as LogoutRequest
  const { token, token_type_hint: hint } = request
  if (hint !== undefined && hint !== 'access_token' && hint !== 'refresh_token') {
    throw malformed('token_type_hint must be access_token or refresh_token.')
  }
  if (hint !== undefined && token === undefined) throw malformed('token_type_hint requires token.')
  return request
}

export function malformed(detail: string): HttpProblem {
  return new HttpProblem('malformed_body', detail)
}

function wrongType(): HttpProblem {
  return new HttpProblem('unsupported_media_type', 'The body must be application/json, without Content-Encoding.')
}
