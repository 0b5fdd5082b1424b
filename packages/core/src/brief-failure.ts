import { type Call, redactorOf } from './call.ts'
import { ERROR_MEANING } from './codes.ts'
import { endpointName } from './endpoint-url.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import type { FailedAttempt } from './failure-report.ts'
import { type Failed, notSent } from './outcome.ts'
import { redactCause } from './redaction.ts'
import { isThrottled } from './throttled.ts'
import { EndedEarly } from './time-limit.ts'

/**
 * The failure of a first attempt in few words, for a page that cannot load the code that retries and describes
 * failures, because the network is down.
 */
export function briefFailure(
  call: Call,
  { method, url }: { readonly method: string; readonly url: string },
  { code, status, requestId, retryAfterMs, thrown }: FailedAttempt,
): Failed {
  const cause = thrown instanceof EndedEarly ? undefined : redactCause(thrown, redactorOf(call))
  if (isLogoutError(cause)) return notSent(cause)
  const { advice, token: state } = ERROR_MEANING[code]
  const details = { status, requestId, retryAfterMs, attempts: 1, cause }
  const error = new LogoutError(code, `${method} ${endpointName(url)} failed. ${advice}`, details)
  return { ok: false, attempts: 1, error, state, throttled: isThrottled(error) }
}
