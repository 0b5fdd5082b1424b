import type { Call } from './call.ts'
import { ERROR_MEANING, type LogoutErrorCode } from './codes.ts'
import { nameOf } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { redactCause, redactor } from './redaction.ts'
import { EndedEarly } from './time-limit.ts'
import type { Failure } from './verdict.ts'

/** An attempt that failed: with an answer, or with something thrown. */
export type FailedAttempt = Omit<Failure, 'status'> & { readonly status?: number; readonly thrown?: unknown }

/** An error and what lies behind it in one line: `fetch failed` alone helps nobody. */
function reasonOf(error: Error | undefined): string {
  if (!error) return ''
  const { message, code, cause } = error as Error & { code?: string }
  const own = message || code || error.name
  return cause instanceof Error ? `${own}: ${reasonOf(cause)}` : own
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
    ERROR_MEANING[code].advice,
    retryAfterMs ? `Retry-After asks for ${retryAfterMs / 1000} s.` : '',
    attempts > 1 ? `(${attempts} attempts)` : '',
  ]
  return new LogoutError(code, message.filter(Boolean).join(' '), {
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
