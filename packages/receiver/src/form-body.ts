import type { RequestProblem } from './events.ts'
import { within } from './time-limit.ts'

/** The longest body, in bytes: the longest token, other parameters, and what encoding adds. */
const MAX_BYTES = 32_768
/** How long the sender may take to send it, in milliseconds. */
const TIMEOUT_MS = 10_000

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/**
 * Reads the logout token from a request, or says why there is none.
 *
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest | Back-Channel Logout §2.5}
 */
export async function readLogoutToken(
  request: Request,
  timeoutMs: number = TIMEOUT_MS,
): Promise<{ readonly token: string } | { readonly problem: RequestProblem }> {
  const { headers } = request
  if (request.method !== 'POST') return { problem: 'method_not_allowed' }
  const isPlain = /^(?:identity)?$/i.test(headers.get('content-encoding') ?? '')
  if (!isPlain || !FORM_TYPE.test(headers.get('content-type') ?? '')) return { problem: 'unsupported_media_type' }
  if (Number(headers.get('content-length')) > MAX_BYTES) return { problem: 'body_too_large' }
  const body = await readText(request, timeoutMs)
  if (typeof body !== 'string') return body
  const [token, ...others] = new URLSearchParams(body).getAll('logout_token')
  return token && others.length === 0 ? { token } : { problem: 'malformed_body' }
}

async function readText(request: Request, timeoutMs: number): Promise<string | { readonly problem: RequestProblem }> {
  if (request.bodyUsed) return { problem: 'incomplete_body' }
  if (!request.body) return ''
  // One buffer: chunks that are kept can each hold a large one.
  const bytes = new Uint8Array(MAX_BYTES)
  let size = 0
  try {
    const reader = request.body.getReader()
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return { problem: 'incomplete_body' }
      const { done, value } = await within(leftMs, () => reader.read())
      // A token has ASCII characters only, so what is not UTF-8 makes none.
      if (done) return new TextDecoder().decode(bytes.subarray(0, size))
      // The rest is not cancelled: on some servers that breaks the connection before the answer is out.
      if (size + value.length > MAX_BYTES) return { problem: 'body_too_large' }
      bytes.set(value, size)
      size += value.length
    }
  } catch {
    return { problem: 'incomplete_body' }
  }
}
