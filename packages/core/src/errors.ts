import { ERROR_MEANING, type ErrorConcern, type LogoutErrorCode } from './codes.ts'

/** Details of a {@link LogoutError} in addition to its code and message. None of it ever contains a secret. */
export interface LogoutErrorDetails {
  /**
   * True if the same call may succeed later without any change.
   * @default what {@link ERROR_MEANING} has for the code
   */
  readonly retryable?: boolean | undefined
  /**
   * `false` only when the provider has reported that the token is inactive. In every other case, treat it as active.
   * @default true
   */
  readonly tokenMayBeLive?: boolean | undefined
  /** The option or argument that is wrong, such as `appId` or `tls.cert`, which the message names. */
  readonly option?: string | undefined
  /** HTTP status of the last response. */
  readonly status?: number | undefined
  /** The provider's `error` code (RFC 6749 §5.2), masked and cut to 100 characters. */
  readonly providerError?: string | undefined
  /** The provider's description, masked and cut to 300 characters. */
  readonly providerErrorDescription?: string | undefined
  /** GenAuth's `apiCode`. */
  readonly apiCode?: number | undefined
  /** The provider's request id, to quote to its support. */
  readonly requestId?: string | undefined
  /** The wait that the provider requires in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The number of requests that were sent to the endpoint. */
  readonly attempts?: number | undefined
  /** The cause: the runtime's network error, without secrets, or an earlier `LogoutError`. */
  readonly cause?: unknown
}

// Registered, so that two copies of this package, or two realms, recognize each other's errors.
const BRAND: unique symbol = Symbol.for('backend-logout.LogoutError')

/**
 * The only error that this package throws. Its `code` names the failure; its message also says where it happened and
 * what to do. No property, and no `cause`, contains a token, a secret or an assertion.
 *
 * @example
 * ```ts
 * import { createLogoutClient, isLogoutError } from '@backend-logout/core'
 *
 * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * try {
 *   await client.revokeToken('the access token')
 * } catch (error) {
 *   if (isLogoutError(error) && error.tokenMayBeLive) console.warn(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export class LogoutError extends Error implements LogoutErrorDetails {
  /** Error code. */
  declare readonly code: LogoutErrorCode
  /** The scope: this call, this token, the application's configuration, or the provider as a whole. */
  declare readonly concerns: ErrorConcern
  // The rest is described where it is given: LogoutErrorDetails.
  declare readonly retryable: boolean
  declare readonly tokenMayBeLive: boolean
  declare readonly option?: string
  declare readonly status?: number
  declare readonly providerError?: string
  declare readonly providerErrorDescription?: string
  declare readonly apiCode?: number
  declare readonly requestId?: string
  declare readonly retryAfterMs?: number
  declare readonly attempts?: number

  /** Creates an error; for custom transports and client authentication, whose `LogoutError`s end the call without a retry. */
  constructor(code: LogoutErrorCode, message: string, details: LogoutErrorDetails = {}) {
    const { cause, ...known } = details
    super(message, cause === undefined ? undefined : { cause })
    const { retryable, concerns } = ERROR_MEANING[code]
    Object.assign(this, { code, concerns, retryable, tokenMayBeLive: true })
    for (const [name, value] of Object.entries(known)) {
      if (value !== undefined) Object.assign(this, { [name]: value })
    }
  }

  /** The error as plain data for logs: everything but the stack. */
  toJSON(): Record<string, unknown> {
    const { cause } = this
    const { name, message } = this
    const known: Record<string, unknown> = { name, message, ...Object.fromEntries(Object.entries(this)) }
    if (isLogoutError(cause)) known.cause = cause.toJSON()
    else if (cause instanceof Error) known.cause = { ...cause, message: cause.message }
    return known
  }
}

Object.defineProperties(LogoutError.prototype, {
  name: { value: 'LogoutError', configurable: true, writable: true },
  [BRAND]: { value: true },
})

/**
 * Recognizes a caught {@link LogoutError}, even one from another copy of this package or another realm.
 *
 * @param value Anything, typically what `catch` caught.
 * @example
 * ```ts
 * import { createLogoutClient, isLogoutError } from '@backend-logout/core'
 *
 * const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
 * try {
 *   await client.revokeToken('an-access-token')
 * } catch (error) {
 *   if (isLogoutError(error)) console.error(error.code, error.message)
 *   else throw error
 * }
 * ```
 */
export function isLogoutError(value: unknown): value is LogoutError {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: boolean })[BRAND] === true
}
