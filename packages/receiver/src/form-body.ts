import { readBodyText } from './body-text.ts'
import type { RequestProblem } from './events.ts'

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/**
 * Reads the logout token from a request, or returns the reason why it is missing.
 *
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest | Back-Channel Logout §2.5}
 */
export async function readLogoutToken(
  request: Request,
  timeoutMs?: number,
): Promise<{ readonly token: string } | { readonly problem: RequestProblem }> {
  const { headers } = request
  if (request.method !== 'POST') return { problem: 'method_not_allowed' }
  const isPlain = /^(?:identity)?$/i.test(headers.get('content-encoding') ?? '')
  if (!isPlain || !FORM_TYPE.test(headers.get('content-type') ?? '')) return { problem: 'unsupported_media_type' }
  const body = await readBodyText(request, timeoutMs)
  if (typeof body !== 'string') return body
  const [token, ...others] = new URLSearchParams(body).getAll('logout_token')
  return token && others.length === 0 ? { token } : { problem: 'malformed_body' }
}
