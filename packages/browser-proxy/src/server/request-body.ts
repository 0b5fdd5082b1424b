import type { LogoutRequest } from './contract.ts'
import { HttpProblem } from './http-problem.ts'
import { TimedOut, within } from './time-limit.ts'

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

/**
 * Reads the body from the page. No body means an empty request.
 *
 * @throws HttpProblem when the body violates the contract
 */
export async function readLogoutRequest(request: Request, timeoutMs: number = TIMEOUT_MS): Promise<LogoutRequest> {
  const type = request.headers.get('content-type')
  if (type !== null && !JSON_TYPE.test(type)) throw wrongType()
  const bytes = await readBody(request, timeoutMs)
  if (bytes.length === 0) return {}
  if (type === null) throw wrongType()
  return parse(bytes)
}

/**
 * Reads a body that is not compressed, up to the limit.
 *
 * @throws HttpProblem
 */
export async function readBody(request: Request, timeoutMs: number = TIMEOUT_MS): Promise<Uint8Array> {
  const { headers } = request
  if (!/^(?:identity)?$/i.test(headers.get('content-encoding') ?? '')) throw wrongType()
  if (Number(headers.get('content-length')) > MAX_BYTES) throw tooLarge()
  return readBytes(request, timeoutMs)
}

async function readBytes(request: Request, timeoutMs: number): Promise<Uint8Array> {
  // A body that other code has read cannot be read again.
  if (request.bodyUsed) throw new HttpProblem('incomplete_body', 'Other code has already read the body.')
  if (!request.body) return new Uint8Array()
  const body = new Bytes()
  try {
    const reader = request.body.getReader()
    const deadline = performance.now() + timeoutMs
    while (true) {
      // Buffered chunks would never let timers run.
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) throw new TimedOut(timeoutMs)
      const { done, value } = await within(leftMs, () => reader.read())
      if (done) return body.read()
      body.add(value)
    }
  } catch (error) {
    // The rest is not canceled: on some servers that breaks the connection before the response is out.
    if (HttpProblem.is(error)) throw error
    const timedOut = error instanceof TimedOut
    throw new HttpProblem('incomplete_body', `The body ${timedOut ? 'did not arrive in time' : 'broke off'}.`)
  }
}

/**
 * A buffer that grows up to the limit. The chunks are not kept: each of the smallest ones can keep a large buffer
 * alive.
 */
class Bytes {
  #bytes = new Uint8Array(1_024)
  #length = 0

  add(chunk: Uint8Array): void {
    if (!ArrayBuffer.isView(chunk)) throw new TypeError('The body must consist of bytes.')
    const length = this.#length + chunk.length
    if (length > MAX_BYTES) throw tooLarge()
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(MAX_BYTES, length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(chunk, this.#length)
    this.#length = length
  }

  read(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
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

function tooLarge(): HttpProblem {
  return new HttpProblem('body_too_large', `The body has more than ${MAX_BYTES} bytes.`)
}
