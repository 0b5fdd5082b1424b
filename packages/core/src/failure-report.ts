import { type Call, redactorOf } from './call.ts'
import { ERROR_MEANING, type LogoutErrorCode } from './codes.ts'
import { endpointName } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { redactCause } from './redaction.ts'
import { EndedEarly } from './time-limit.ts'
import type { FailedVerdict } from './verdict.ts'

/** A failed attempt: a response, or an error thrown instead of one. */
export type FailedAttempt = Omit<FailedVerdict, 'status'> & {
  readonly status?: number
  readonly thrown?: unknown
  /** True if the connection failed before anything was sent. */
  readonly unsent?: boolean
}

/** Checks if the provider may have received a request that failed. */
export function mayHaveArrived({ code, unsent }: FailedAttempt): boolean {
  return ERROR_MEANING[code].token === 'unknown' && !unsent
}

/**
 * Creates the error of a failed request: what happened, at which endpoint, and what to do. Everything that the
 * provider or the runtime said is masked.
 *
 * @param at The request.
 * @param failures All its failed attempts. The last one becomes the error; the one before becomes its cause, unless the
 * runtime has a better one.
 */
export function reportFailure(
  call: Call,
  at: { readonly method: string; readonly url: string },
  failures: readonly FailedAttempt[],
): LogoutError {
  const failure = failures.at(-1) as FailedAttempt
  const earlier = failures.slice(0, -1)
  const redact = redactorOf(call)
  const masked = (text: string | undefined, length: number) => (text === undefined ? undefined : redact(text, length))
  const { code, status, apiCode, requestId, retryAfterMs, thrown } = failure
  const providerError = masked(failure.providerError, 100)
  const providerErrorDescription = masked(failure.providerErrorDescription, 300)
  const cause = thrown instanceof EndedEarly ? undefined : redactCause(thrown, redact)
  const described = providerErrorDescription ? ` (${providerErrorDescription})` : ''
  const withoutResponse: Partial<Record<LogoutErrorCode, string>> = {
    network: `failed: ${describeCause(cause)}.`,
    timeout: 'had no complete response in time.',
    aborted: 'was aborted.',
  }
  const message = [
    `${at.method} ${endpointName(at.url)}`,
    withoutResponse[code] ??
      `answered ${[statusOf(failure), apiCode, providerError].filter(Boolean).join(' ')}${described}.`,
    advise(call.eventBase.operation, failures),
    retryAfterMs ? `The provider requires a wait of ${retryAfterMs / 1000} s (Retry-After or similar).` : '',
    earlier.length > 0 ? `(${failures.length} attempts)` : '',
  ]
  return new LogoutError(code, message.filter(Boolean).join(' '), {
    status,
    providerError,
    providerErrorDescription,
    apiCode,
    requestId,
    retryAfterMs,
    attempts: failures.length,
    cause: cause ?? (earlier.length > 0 ? reportFailure(call, at, earlier) : undefined),
  })
}

/** Statuses of a refusal that has another cause than the token, and advice for each. */
const OTHER_CAUSE = new Map([
  [413, 'The request is too large for a server on the way. Check the length of the token and of the credential.'],
  [414, 'The address is too long for a server on the way. Check the address.'],
  [415, 'The server does not accept a form, which RFC 7009 requires. Check the address.'],
  [431, 'The headers are too large for a server on the way. Check headers and the length of the credential.'],
  [451, 'A server on the way refuses for legal reasons. Check where the request is sent from.'],
])

/** The status; or the kind of a response of `fetch` that hides it. */
function statusOf({ code, status }: FailedAttempt): string | number | undefined {
  if (status !== 0) return status
  return code === 'redirect_refused'
    ? 'with a redirect'
    : 'without a status, as an opaque or error response of fetch is'
}

/** Advice for the reader. Only a failed revocation concerns the token. */
function advise(operation: Call['eventBase']['operation'], failures: readonly FailedAttempt[]): string {
  const { code, status, unsent } = failures.at(-1) as FailedAttempt
  const { concerns, advice: usual } = ERROR_MEANING[code]
  if (status === 0 && code === 'unexpected_response') {
    return "Check the fetch of this client: mode 'no-cors' and some service workers return such a response."
  }
  const other = code === 'rejected' ? OTHER_CAUSE.get(Number(status)) : undefined
  // A request for metadata has no token.
  const advice = other ?? (code === 'rejected' && operation === 'discover' ? '' : usual)
  const nothing = unsent && !failures.some(mayHaveArrived) ? 'Nothing was sent' : ''
  if (operation === 'revoke') return nothing ? `${nothing}, so the token is still active; try again later.` : advice
  if (concerns === 'application' || concerns === 'token' || code === 'rate_limited') return advice
  const known =
    operation === 'introspect' ? 'It is unknown whether the token is active; try again later.' : 'Try again later.'
  return nothing ? `${nothing}. ${known}` : known
}

/** An error and its causes in one line: `fetch failed` alone is not helpful. */
function describeCause(error: Error | undefined): string {
  if (!error) return ''
  const { message, code, cause } = error as Error & { code?: string }
  const own = message || code || error.name
  return cause instanceof Error ? `${own}: ${describeCause(cause)}` : own
}
