import type { components } from '../generated/logout-proxy.ts'

/** Reason for the refusal, as in the problem details. */
export type ProblemCode = components['schemas']['ProblemCode']

/**
 * Failures between page and backend. In none of these cases is it known that the user is logged out.
 *
 * - `invalid_options`: what the page asked for cannot be sent, such as an endpoint of another origin.
 * - `refused`: the backend refused the request; see `problem`.
 * - `unexpected_response`: the answer is not one of this endpoint; often the path is wrong.
 * - `network`: no answer, because the connection failed.
 * - `timeout`: no answer in time. The backend may still be at it.
 * - `aborted`: the page's own signal ended the wait.
 */
export type LogoutProxyErrorCode =
  | 'invalid_options'
  | 'refused'
  | 'unexpected_response'
  | 'network'
  | 'timeout'
  | 'aborted'

/** Details of a {@link LogoutProxyError} in addition to its code. */
export interface LogoutProxyErrorDetails {
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** Reason for the refusal. */
  readonly problem?: ProblemCode | undefined
  /** Wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

// Registered, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('backend-logout.LogoutProxyError') as never

/**
 * The one error that the page's half throws. It holds no token.
 *
 * @example
 * ```ts
 * import { createLogout, isLogoutProxyError } from '@backend-logout/browser-proxy/client'
 *
 * const { logout } = createLogout({ endpoint: '/logout' })
 * try {
 *   await logout()
 * } catch (error) {
 *   if (isLogoutProxyError(error)) console.warn(error.code, error.problem)
 *   else throw error
 * }
 * ```
 */
export class LogoutProxyError extends Error implements LogoutProxyErrorDetails {
  declare readonly code: LogoutProxyErrorCode
  declare readonly status?: number
  declare readonly problem?: ProblemCode
  declare readonly retryAfterMs?: number

  constructor(code: LogoutProxyErrorCode, message: string, details?: LogoutProxyErrorDetails) {
    super(message)
    this.name = 'LogoutProxyError'
    Object.assign(this, { code, [BRAND]: true }, details)
  }
}

/** Tells whether a caught value is a {@link LogoutProxyError}, also one from another copy of this package. */
export function isLogoutProxyError(value: unknown): value is LogoutProxyError {
  return (value as { [BRAND]?: boolean } | null | undefined)?.[BRAND] === true
}
