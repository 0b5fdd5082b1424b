import { isLogoutError, LogoutError, type LogoutErrorCode } from '@backend-logout/core'

const UNKNOWN = 'The request may or may not have arrived; treat the user as logged in.'
const ADDRESS = 'Check host: it is the address of the management API, and not that of an application.'

/** Advice for each code. Core's advice is about tokens. */
const ADVICE: Readonly<Partial<Record<LogoutErrorCode, string>>> = {
  client_auth_failed: "Check accessKeyId and accessKeySecret, which are the user pool's, and signature.",
  rejected: 'Check userId and appIds, and what these credentials may do.',
  rate_limited: 'Try again later.',
  provider_unavailable: 'Try again later.',
  unexpected_response: `This is not an answer of the management API. ${ADDRESS}`,
  redirect_refused: `Redirects are not followed. ${ADDRESS}`,
  endpoint_missing: ADDRESS,
  network: UNKNOWN,
  timeout: UNKNOWN,
  aborted: UNKNOWN,
}

const WITHOUT_ANSWER: Readonly<Partial<Record<LogoutErrorCode, string>>> = {
  network: 'failed',
  timeout: 'had no complete answer in time',
  aborted: 'was aborted',
}

/** Puts core's error about a token into words about a user. Its code and its details stay. */
export function managementError(error: LogoutError, action: string): LogoutError {
  const { code, concerns: _, name: __, message, ...details } = { ...error, name: error.name, message: error.message }
  if (error.option !== undefined) return new LogoutError(code, message, details)
  const cause = isLogoutError(error.cause) ? managementError(error.cause, action) : error.cause
  const { status, apiCode, providerError, providerErrorDescription: said, retryAfterMs } = error
  const answered = `was answered with ${[status, apiCode, providerError].filter(Boolean).join(' ')}${said ? ` (${said})` : ''}`
  const happened = WITHOUT_ANSWER[code] ?? answered
  const reason = cause instanceof Error && !isLogoutError(cause) && cause.message ? `: ${cause.message}` : ''
  const wait = retryAfterMs ? `Retry-After asks for ${retryAfterMs / 1000} s.` : ''
  const text = [`${action} ${happened}${reason}.`, ADVICE[code], wait].filter(Boolean).join(' ')
  return new LogoutError(code, text, { ...details, cause })
}
