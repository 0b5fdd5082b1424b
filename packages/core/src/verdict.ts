import { type AnswerBody, fieldsOf, numberOf, readAnswerBody } from './answer-body.ts'
import { challengeParameter, challengeParameters } from './challenge.ts'
import type { LogoutErrorCode } from './codes.ts'
import { isGarbled, isRefusal, reportsFailure } from './failure-in-body.ts'
import { isFromGateway } from './failure-words.ts'
import { isForeign } from './firewall.ts'
import type { components } from './generated/provider.ts'
import { requestedWait } from './requested-wait.ts'
import { isInvalidClient, OAUTH_CODE, type StatedError, statedError, statedWait } from './stated-error.ts'
import { TEMPORARY, TEMPORARY_CODE, THROTTLED } from './temporary-errors.ts'
import type { TransportResponse } from './transport.ts'

/** Reason for a failure. Texts are the provider's own and not yet masked. */
export interface FailedVerdict {
  readonly ok: false
  readonly code: LogoutErrorCode
  readonly status: number
  readonly providerError?: string | undefined
  readonly providerErrorDescription?: string | undefined
  readonly apiCode?: number | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** Interpretation of a response. `json` is its body, if that is JSON, checked as far as `T` requires. */
export type Verdict<T = unknown> =
  | { readonly ok: true; readonly json: T; readonly requestId?: string | undefined }
  | FailedVerdict

type Schemas = components['schemas']

/**
 * Judges the response to a revocation request. A 2xx counts as success when its body is empty, or text or JSON that
 * neither reports a failure nor describes an active token, as introspection does. So does a response that reports the
 * token as no longer valid: 400 with `invalid_token` (RFC 6750 §3.1), or an error in `alreadyInvalid`, even if the
 * response also asks for a wait. Everything else is a failure with exactly one code.
 *
 * @param alreadyInvalid Error codes, also numbers, or exact descriptions that mean the same at this provider.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2 | RFC 7009 §2.2}
 */
export function judgeRevocation(
  answer: TransportResponse,
  wallNow: number,
  alreadyInvalid: readonly string[] = [],
): Verdict {
  return judge(
    answer,
    wallNow,
    (json, body): json is unknown => isReadable(answer, body) && !saysNo(body) && !isActiveToken(json),
    ({ error, description, number }) =>
      (answer.status <= 400 && /^\s*invalid_token\s*$/i.test(error ?? '')) ||
      [error, description, number].some((text) => text !== undefined && alreadyInvalid.includes(text)),
  )
}

/** Words about a token. Beside `active: false`, they say the same, such as `invalid_token` or "The token has expired". */
const OF_TOKEN =
  /^(?:(?:the|this|access|refresh|token|session|is|was|has|been|no|not|longer|or|already|invalid|valid|unknown|found|active|inactive|expired|revoked)(?:[\s_.]+|$))+$/i

/**
 * Judges the response to an introspection request: a 2xx counts when its body has a boolean `active`, and reports no
 * error beside it. Words about the token do not count as an error. An active token can have claims by the names of an
 * outcome, such as `status`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 §2.2}
 */
export function judgeIntrospection(
  answer: TransportResponse,
  wallNow: number,
): Verdict<Schemas['IntrospectionResponse']> {
  const accepts = (json: unknown): json is Schemas['IntrospectionResponse'] => {
    const { active, revoked: _, ...more } = fieldsOf(json) ?? {}
    const others = Object.entries(more).filter(([, value]) => !(typeof value === 'string' && OF_TOKEN.test(value)))
    const saysMore = reportsFailure(active ? { error: more.error } : Object.fromEntries(others))
    return typeof active === 'boolean' && !saysMore && numberOf(more.statusCode, 400) === undefined
  }
  return judge(answer, wallNow, accepts)
}

/**
 * Judges the response to a request for metadata: a 2xx counts when its body has an `issuer`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.2 | RFC 8414 §3.2}
 */
export function judgeMetadata(answer: TransportResponse, wallNow: number): Verdict<Schemas['ProviderMetadata']> {
  const accepts = (json: unknown): json is Schemas['ProviderMetadata'] => typeof fieldsOf(json)?.issuer === 'string'
  const verdict = judge(answer, wallNow, accepts)
  // Gateways count requests down even where there is no document, so only `Retry-After` makes a 404 temporary.
  const absent = ENDPOINT_MISSING.has(answer.status) && requestedWait(answer.headers, false, wallNow) === undefined
  return verdict.ok || !absent ? verdict : { ...verdict, code: 'endpoint_missing', retryAfterMs: undefined }
}

/**
 * @param accepts Whether a 2xx with this body is a success.
 * @param endsToken Whether a failure, if it can concern the token at all, says that the token is no longer valid.
 */
function judge<T>(
  answer: TransportResponse,
  wallNow: number,
  accepts: (json: unknown, body: AnswerBody) => json is T,
  endsToken?: (stated: StatedError) => boolean,
): Verdict<T> {
  const { status, headers } = answer
  const body = readAnswerBody(answer)
  const json = jsonOf(body)
  const requestId = nonEmpty(fieldsOf(json)?.requestId) ?? nonEmpty(headers.get('x-request-id'))
  const success = answer.ok && !answer.redirected && !isForeign(answer)
  if (success && accepts(json, body)) return { ok: true, json, requestId }

  const challenge = headers.get('www-authenticate')
  const stated = statedError(json)
  const text = nonEmpty(body.kind === 'text' ? body.text : json)
  const ownCode = OAUTH_CODE.test(text?.trim() ?? '') ? text?.trim() : undefined
  const error = stated.error ?? challengeParameter(challenge, 'error') ?? ownCode ?? stated.number
  const description = stated.description ?? challengeParameter(challenge, 'error_description') ?? text
  const refusesClient =
    stated.refusesClient || [error, ...challengeParameters(challenge, 'error')].some(isInvalidClient)
  const failure: StatedError = { ...stated, error, description, refusesClient }
  if (endsToken?.(failure) && canConcernToken(answer, body, failure))
    return { ok: true, json: undefined as T, requestId }
  const throttled = status === 429 || stated.status === 429 || THROTTLED.test(`${error} ${description}`)
  // Gateways state the remaining requests in every response. If none remain, this one can still be definite.
  const definite = status < 500 && OAUTH_CODE.test(error ?? '') && !TEMPORARY_CODE.test(error ?? '')
  const exceeded = throttled || (definite ? false : undefined)
  const retryAfterMs = requestedWait(headers, exceeded, wallNow) ?? (throttled ? statedWait(json, wallNow) : undefined)
  const code = classify(answer, body, failure, throttled, retryAfterMs)
  return {
    ok: false,
    code,
    status,
    providerError: error,
    providerErrorDescription: description,
    apiCode: stated.apiCode,
    requestId,
    retryAfterMs,
  }
}

/** HTTP statuses of an address without an endpoint. In a body, they concern something else. */
const ENDPOINT_MISSING: ReadonlySet<number> = new Set([404, 405, 410])

/** The code of a failure. The status in a body also counts, because GenAuth puts it into an HTTP 200. */
function classify(
  answer: TransportResponse,
  body: AnswerBody,
  { status: inner = 0, error = '', description = '', refusesClient }: StatedError,
  throttled: boolean,
  retryAfterMs: number | undefined,
): LogoutErrorCode {
  const { status } = answer
  const either = (from: number, to = from): boolean => [status, inner].some((one) => one >= from && one <= to)
  if (isRedirect(answer)) return 'redirect_refused'
  if (status < 200 || status >= 600 || isForeign(answer)) return 'unexpected_response'
  if (status < 300 && !saysNo(body)) return 'unexpected_response'
  if (either(401) || refusesClient) return 'client_auth_failed'
  if (/^unsupported[ _-]?token[ _-]?type$/i.test(error)) return 'unsupported_token_type'
  if (either(429)) return 'rate_limited'
  if (either(500, 599) || either(408) || either(421) || either(425)) return 'provider_unavailable'
  if (throttled) return 'rate_limited'
  if (TEMPORARY_CODE.test(error)) return 'provider_unavailable'
  // A provider that states a wait is throttling, whatever the status.
  if (retryAfterMs !== undefined) return 'rate_limited'
  if (isFromElsewhere(answer, body)) return 'unexpected_response'
  if (TEMPORARY.test(description)) return 'provider_unavailable'
  if (status < 300 && isFromGateway(description)) return 'unexpected_response'
  // An endpoint that returns a 404 in its body exists.
  if (ENDPOINT_MISSING.has(status)) return isRefusalByEndpoint(error, description) ? 'rejected' : 'endpoint_missing'
  return 'rejected'
}

/** True unless a failure concerns the client, the provider or the way to it. */
function canConcernToken(
  answer: TransportResponse,
  body: AnswerBody,
  { status: inner = 0, refusesClient }: StatedError,
): boolean {
  const ofOthers = [answer.status, inner].some((one) => one === 401 || one === 429 || one >= 500)
  if (ofOthers || refusesClient) return false
  return !isRedirect(answer) && !isForeign(answer) && !isFromElsewhere(answer, body)
}

function isRedirect({ redirected, status }: TransportResponse): boolean {
  return redirected || (status >= 300 && status < 400)
}

/** Recognizes what is more likely the response of a firewall or proxy: a page, or text that refuses. */
function isFromElsewhere({ status }: TransportResponse, { kind }: AnswerBody): boolean {
  return kind === 'page' || (kind === 'text' && status > 401) || status === 407
}

/**
 * Recognizes a 404 of an endpoint that exists: it has an OAuth error code, or mentions a client or a token rather than
 * a route.
 */
function isRefusalByEndpoint(error: string, description: string): boolean {
  const words = description
    .split(/\s+/)
    .filter((word) => !word.includes('/'))
    .join(' ')
  const all = `${error} ${words}`.replaceAll('_', ' ')
  if (/\b(?:route|path|ur[il]|method|endpoint|page|resource)\b/i.test(all)) return false
  if (/^not.?found$/i.test(error + (words && '?'))) return false
  return OAUTH_CODE.test(error) || /client|token|appl/i.test(words)
}

/** Checks if a body can be understood. Words in another encoding than UTF-8 could say anything. */
function isReadable({ body: raw }: TransportResponse, body: AnswerBody): boolean {
  // JSON can have the character as an escape.
  if (body.kind === 'json') return !/\ufffd|\\ufffd/i.test(raw) || !isGarbled(body.json)
  return body.kind === 'empty' || (body.kind === 'text' && !body.text.includes('\ufffd'))
}

/** Recognizes what introspection returns about an active token: that it is active, and more. */
function isActiveToken(json: unknown): boolean {
  const fields = fieldsOf(json)
  return fields?.active === true && Object.keys(fields).length > 1
}

function saysNo(body: AnswerBody): boolean {
  if (body.kind === 'json') return reportsFailure(body.json) || (body.before !== undefined && isRefusal(body.before))
  return body.kind === 'text' && isRefusal(body.text)
}

function jsonOf(body: AnswerBody): unknown {
  return body.kind === 'json' ? body.json : undefined
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
