import type { LogoutErrorCode } from './codes.ts'

/**
 * Checks if the provider requires the whole application to slow down, rather than a retry of one request: it returned
 * 429, or failed with `Retry-After`.
 *
 * @example
 * ```ts
 * import { isThrottled, type LogoutError } from '@backend-logout/core'
 *
 * export const pauseMs = (error: LogoutError) => (isThrottled(error) ? (error.retryAfterMs ?? 1_000) : 0)
 * ```
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
