import { challengeParameter } from './challenge.ts'
import type { LogoutErrorCode } from './codes.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { TransportResponse } from './transport.ts'

/** Why an answer is a failure. Texts are the provider's own and not yet masked. */
export interface Failure {
  readonly ok: false
  readonly code: LogoutErrorCode
  readonly status: number
  readonly providerError?: string | undefined
  readonly providerErrorDescription?: string | undefined
  readonly apiCode?: number | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** What an answer means. `json` is its body, where that is JSON. */
export type Verdict = { readonly ok: true; readonly json: unknown; readonly requestId?: string | undefined } | Failure

type Fields = Record<string, unknown>

/** What a body says about an error, in whatever shape. */
interface ErrorShape {
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly apiCode?: number | undefined
}

/**
 * Judges the answer to a revocation request. A 2xx counts as success when its body is empty, or text, or JSON that
 * does not report an error; everything else is a failure with exactly one code.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2 | RFC 7009 §2.2}
 */
export function judgeRevocation(answer: TransportResponse, wallNow: number): Verdict {
  return judge(answer, wallNow, (body, error) => body.expected && !error)
}

/**
 * Judges the answer to an introspection request: a 2xx counts when its body has a boolean `active`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 §2.2}
 */
export function judgeIntrospection(answer: TransportResponse, wallNow: number): Verdict {
  return judge(answer, wallNow, (body) => typeof fields(body.json)?.active === 'boolean')
}

/**
 * Judges the answer to a request for metadata: a 2xx counts when its body has an `issuer`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.2 | RFC 8414 §3.2}
 */
export function judgeMetadata(answer: TransportResponse, wallNow: number): Verdict {
  return judge(answer, wallNow, (body) => typeof fields(body.json)?.issuer === 'string')
}

type Accepts = (body: Body, error: ErrorShape | undefined) => boolean

function judge(answer: TransportResponse, wallNow: number, accepts: Accepts): Verdict {
  const { status, headers } = answer
  const body = readBody(answer)
  const members = fields(body.json)
  const shape = members && errorShape(members)
  const requestId = text(members?.requestId) ?? text(headers.get('x-request-id'))
  const success = status >= 200 && status < 300 && !answer.redirected
  if (success && accepts(body, shape)) return { ok: true, json: body.json, requestId }

  const challenge = headers.get('www-authenticate')
  const error = shape?.error ?? challengeParameter(challenge, 'error')
  return {
    ok: false,
    code: success && !shape ? 'unexpected_response' : classify(answer, shape?.status, error),
    status,
    providerError: error,
    providerErrorDescription: shape?.description ?? challengeParameter(challenge, 'error_description'),
    apiCode: shape?.apiCode,
    requestId,
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), wallNow),
  }
}

/** The code of a failure. `inner` is the status that the body states, which GenAuth may put into an HTTP 200. */
function classify({ status, redirected }: TransportResponse, inner = 0, error = ''): LogoutErrorCode {
  const either = (from: number, to = from): boolean => [status, inner].some((one) => one >= from && one <= to)
  if (redirected || (status >= 300 && status < 400)) return 'redirect_refused'
  if (status < 200 || status >= 600) return 'unexpected_response'
  if (either(401) || error === 'invalid_client') return 'client_auth_failed'
  if (error === 'unsupported_token_type') return 'unsupported_token_type'
  if (either(429)) return 'rate_limited'
  if (either(500, 599) || error === 'temporarily_unavailable' || error === 'server_error') return 'provider_unavailable'
  // Only as the HTTP status: an endpoint that states 404 in its body is there.
  return status === 404 || status === 405 ? 'endpoint_missing' : 'rejected'
}

interface Body {
  readonly json?: unknown
  /** Whether a revocation endpoint may answer like this: nothing, plain text, or JSON. */
  readonly expected: boolean
}

// Bodies are judged by what they are, because content types lie.
function readBody({ body, truncated, headers }: TransportResponse): Body {
  const trimmed = body.trim()
  const type = headers.get('content-type') ?? ''
  if (trimmed === '') return { expected: !truncated }
  if (truncated || trimmed.startsWith('<') || /\bx?html\b/i.test(type)) return { expected: false }
  try {
    const json: unknown = JSON.parse(trimmed)
    return { json, expected: json !== false }
  } catch {
    if (/^error=|&error=/.test(trimmed))
      return { json: Object.fromEntries(new URLSearchParams(trimmed)), expected: true }
    // Neither broken JSON nor, as its control characters tell, anything binary.
    return { expected: !/^[{[]|[^\P{Cc}\s]/u.test(trimmed) }
  }
}

function errorShape(body: Fields): ErrorShape | undefined {
  // Google's shape: everything is one level deeper. Only one, as nobody but an attacker nests further.
  const nested = fields(body.error)
  const { statusCode, code, data, success, error, error_description, message, apiCode } = nested ?? body
  const stated = [statusCode, code].map(Number).find((status) => status >= 400)
  const refused = success === false || fields(data)?.success === false
  if (stated === undefined && !refused && !body.error) return undefined
  const number = Number(apiCode ?? Number.NaN)
  return {
    status: stated,
    error: text(error),
    description: text(error_description) ?? text(message),
    apiCode: Number.isFinite(number) ? number : undefined,
  }
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
