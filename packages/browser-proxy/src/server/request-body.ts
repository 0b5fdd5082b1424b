import type { LogoutRequest } from './contract.ts'
import { Refusal } from './refusal.ts'
import { TimedOut, within } from './time-limit.ts'

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** The longest strings, as in the contract. */
const LIMITS: Readonly<Record<keyof LogoutRequest, number>> = {
  token: 65_536,
  token_type_hint: 100,
  id_token_hint: 65_536,
  return_to: 2_048,
}

/**
 * Reads what the page sent; no body means an empty request.
 *
 * @throws Refusal when the body is not as the contract has it
 */
export async function readLogoutRequest(request: Request, maxBytes: number, timeoutMs: number): Promise<LogoutRequest> {
  const { headers } = request
  const type = headers.get('content-type')
  const encoded = !/^(?:identity)?$/i.test(headers.get('content-encoding') ?? '')
  if (encoded || (type !== null && !JSON_TYPE.test(type))) throw wrongType()
  if (Number(headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
  const bytes = await readBytes(request, maxBytes, timeoutMs)
  if (bytes.length === 0) return {}
  if (type === null) throw wrongType()
  return parse(bytes)
}

async function readBytes(request: Request, maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
  // What a framework has read before cannot be read again.
  if (request.bodyUsed) throw new Refusal('incomplete_body', 'Something else has read the body before.')
  if (!request.body) return new Uint8Array()
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  const chunks: Uint8Array[] = []
  let length = 0
  const deadline = Date.now() + timeoutMs
  try {
    while (true) {
      const { done, value } = await within(Math.max(1, deadline - Date.now()), () => reader.read())
      if (done) break
      length += value.length
      // Not cancelled: on some servers that breaks the connection before the answer is out.
      if (length > maxBytes) throw tooLarge(maxBytes)
      chunks.push(value)
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    const what = error instanceof TimedOut ? 'did not arrive in time' : 'broke off'
    throw new Refusal('incomplete_body', `The body ${what}.`)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
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
      throw malformed('The body has a member that this endpoint does not know; it may be misspelt.')
    }
    const limit = LIMITS[name as keyof LogoutRequest]
    if (typeof member !== 'string' || member === '' || member.length > limit || !member.isWellFormed()) {
      throw malformed(`${name} must be a string of 1 to ${limit} characters.`)
    }
  }
  const request = value as LogoutRequest
  const { token, token_type_hint: hint } = request
  if (hint !== undefined && hint !== 'access_token' && hint !== 'refresh_token') {
    throw malformed('token_type_hint must be access_token or refresh_token.')
  }
  if (hint !== undefined && token === undefined) throw malformed('token_type_hint goes with token.')
  return request
}

function malformed(detail: string): Refusal {
  return new Refusal('malformed_body', detail)
}

function wrongType(): Refusal {
  return new Refusal('unsupported_media_type', 'The body must be application/json, without Content-Encoding.')
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal('body_too_large', `The body has more than ${maxBytes} bytes.`)
}
