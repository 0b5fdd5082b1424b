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
    withoutResponse[code] ?? `answered ${[status, apiCode, providerError].filter(Boolean).join(' ')}${described}.`,
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

/** Advice for the reader. Only a failed revocation concerns the token. */
function advise(operation: Call['eventBase']['operation'], failures: readonly FailedAttempt[]): string {
  const { code, unsent } = failures.at(-1) as FailedAttempt
  const { advice, concerns } = ERROR_MEANING[code]
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
