import { isLogoutError, LogoutError, type LogoutErrorCode } from '@backend-logout/core'

const ADDRESS = 'Check host: it is the address of the management API, and not that of an application.'

/** Advice for each code. Core's advice is about tokens. */
const ADVICE: Readonly<Partial<Record<LogoutErrorCode, string>>> = {
  client_auth_failed: "Check accessKeyId and accessKeySecret, which are the user pool's, and signature.",
  rejected: 'Check userId and appIds, and what these credentials may do.',
  rate_limited: 'Try again later.',
  provider_unavailable: 'Try again later.',
  unexpected_response: `This does not look like a response from the management API. ${ADDRESS}`,
  redirect_refused: `Redirects are not followed. ${ADDRESS}`,
  endpoint_missing: ADDRESS,
}

/** The state of the user after a request without a response. */
export type KnownState = 'unsent' | 'live' | 'unknown'

/** The two requests, and the advice if they have no response. */
const REQUESTS = {
  kick: {
    action: 'The request to log the user out',
    unsent: 'Nothing was sent, so the user is still logged in; try again later.',
    live: 'The user is still logged in; try again later.',
    unknown: 'The request may or may not have arrived; treat the user as logged in.',
  },
  question: {
    action: 'The request for the session status',
    unsent: 'Try again later.',
    live: 'Try again later.',
    unknown: 'Try again later.',
  },
} as const

const WITHOUT_ANSWER: Readonly<Partial<Record<LogoutErrorCode, string>>> = {
  network: 'failed',
  timeout: 'had no complete response in time',
  aborted: 'was aborted',
}

/**
 * Rewrites core's error about a token for a user. Its code and its details stay.
 *
 * @param known The state of the user after a kick without a response.
 */
export function managementError(
  error: LogoutError,
  request: keyof typeof REQUESTS,
  known: KnownState = 'unknown',
): LogoutError {
  const { code, concerns: _, ...details } = error
  if (error.option !== undefined) return new LogoutError(code, error.message, details)
  const { action, [known]: unanswered } = REQUESTS[request]
  const cause = isLogoutError(error.cause) ? managementError(error.cause, request, known) : error.cause
  const { status, apiCode, providerError, providerErrorDescription: said, retryAfterMs } = error
  const answered = `was answered with ${[status, apiCode, providerError].filter(Boolean).join(' ')}${said ? ` (${said})` : ''}`
  const happened = WITHOUT_ANSWER[code]
  const reason = cause instanceof Error && !isLogoutError(cause) && cause.message ? `: ${cause.message}` : ''
  const wait = retryAfterMs ? `The provider requires a wait of ${retryAfterMs / 1000} s (Retry-After or similar).` : ''
  const text = [`${action} ${happened ?? answered}${reason}.`, happened ? unanswered : ADVICE[code], wait]
  return new LogoutError(code, text.filter(Boolean).join(' '), { ...details, cause })
}
