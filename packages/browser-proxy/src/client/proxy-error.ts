import type { components } from '../generated/logout-proxy.ts'

/** Reason for the refusal, as in the problem details. */
export type ProblemCode = components['schemas']['ProblemCode']

/**
 * Failures between page and backend. In all of these cases, the user may still be logged in.
 *
 * - `invalid_options`: the request cannot be sent, such as to an endpoint of another origin.
 * - `refused`: the backend refused the request; see `problem`.
 * - `unexpected_response`: the response is not from this endpoint; often the path is wrong.
 * - `network`: no response, because the connection failed, or a redirect, such as to a login page.
 * - `timeout`: no response in time. The backend may still be working.
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
  /** HTTP status, if there was a response. */
  readonly status?: number | undefined
  /** Reason for the refusal. */
  readonly problem?: ProblemCode | undefined
  /** Wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The runtime's own error. */
  readonly cause?: unknown
}

// Registered, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('backend-logout.LogoutProxyError')

/**
 * The only error that the page's side throws. It contains no token.
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
  /** Reason for the error. */
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

/**
 * Recognizes a caught {@link LogoutProxyError}, even one from another copy of this package.
 *
 * @example
 * ```ts
 * import { createLogout, isLogoutProxyError } from '@backend-logout/browser-proxy/client'
 *
 * const { logout } = createLogout({ endpoint: '/logout' })
 * try {
 *   await logout()
 * } catch (error) {
 *   if (isLogoutProxyError(error)) console.error(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export function isLogoutProxyError(value: unknown): value is LogoutProxyError {
  return (value as { [BRAND]?: boolean } | null | undefined)?.[BRAND] === true
}
