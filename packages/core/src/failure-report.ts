import type { Call } from './call.ts'
import { nameOf } from './endpoint-url.ts'
import { LogoutError, type LogoutErrorCode } from './errors.ts'
import { redactCause, redactor } from './redaction.ts'
import { EndedEarly } from './time-limit.ts'
import type { Failure } from './verdict.ts'

/** An attempt that failed: with an answer, or with something thrown. */
export type FailedAttempt = Omit<Failure, 'status'> & { readonly status?: number; readonly thrown?: unknown }

/** Failures that another attempt may mend. */
export const RETRYABLE: readonly LogoutErrorCode[] = ['network', 'timeout', 'rate_limited', 'provider_unavailable']

/** An error and what lies behind it in one line: `fetch failed` alone helps nobody. */
function reasonOf(error: Error | undefined): string {
  if (!error) return ''
  const { message, code, cause } = error as Error & { code?: string }
  const own = message || code || error.name
  return cause instanceof Error ? `${own}: ${reasonOf(cause)}` : own
}

/** What to do about it, or what it means. */
const ADVICE: Partial<Record<LogoutErrorCode, string>> = {
  client_auth_failed: 'Check appId, appSecret and which client authentication the application has for this endpoint.',
  unsupported_token_type: 'The provider cannot revoke this kind of token.',
  rejected: 'Check that the token was issued to this application.',
  rate_limited: 'Try again later.',
  provider_unavailable: 'The token still works; try again later.',
  unexpected_response: 'A provider does not answer like this: check the address, and what stands in between.',
  redirect_refused: 'Redirects are not followed, as they would take the credentials along. Check the address.',
  endpoint_missing: 'Check the address and the protocol.',
}

/**
 * Makes the error of a failed attempt: what happened, at which endpoint, and what to do. Everything that the provider or
 * the runtime said is masked.
 *
 * @param at The request that failed.
 * @param attempts How many attempts there were, this one included.
 * @param previous The failure before this one, which becomes the cause where there is no better one.
 */
export function reportFailure(
  call: Call,
  at: { readonly method: string; readonly url: string },
  failed: FailedAttempt,
  attempts: number,
  previous?: FailedAttempt,
): LogoutError {
  const redact = redactor(call.secrets)
  const { code, status, apiCode, requestId, retryAfterMs, thrown } = failed
  const masked = (text: string | undefined, length: number) => (text === undefined ? undefined : redact(text, length))
  const providerError = masked(failed.providerError, 100)
  const providerErrorDescription = masked(failed.providerErrorDescription, 300)
  const cause = thrown instanceof EndedEarly ? undefined : redactCause(thrown, redact)
  const said = providerErrorDescription ? ` (${providerErrorDescription})` : ''
  const what: Partial<Record<LogoutErrorCode, string>> = {
    network: `failed: ${reasonOf(cause)}.`,
    timeout: 'gave no complete answer in time.',
    aborted: 'was aborted.',
  }
  const message = [
    `${at.method} ${nameOf(at.url)}`,
    what[code] ?? `answered ${[status, apiCode, providerError].filter(Boolean).join(' ')}${said}.`,
    ADVICE[code] ?? 'It may or may not have arrived; the token must be treated as alive.',
    retryAfterMs ? `Retry-After asks for ${retryAfterMs / 1000} s.` : '',
    attempts > 1 ? `(${attempts} attempts)` : '',
  ]
  return new LogoutError(code, message.filter(Boolean).join(' '), {
    retryable: RETRYABLE.includes(code),
    status,
    providerError,
    providerErrorDescription,
    apiCode,
    requestId,
    retryAfterMs,
    attempts,
    cause: cause ?? (previous && reportFailure(call, at, previous, attempts - 1)),
  })
}
