import type { LogoutErrorCode } from './codes.ts'

/**
 * Tells whether the provider wants the application as a whole to slow down, rather than this one request to be sent
 * again: it answered 429, or failed and asked for a pause in `Retry-After`.
 */
export function isThrottled({
  code,
  retryAfterMs,
}: {
  readonly code: LogoutErrorCode
  readonly retryAfterMs?: number | undefined
}): boolean {
  return code === 'rate_limited' || (code === 'provider_unavailable' && retryAfterMs !== undefined)
}
