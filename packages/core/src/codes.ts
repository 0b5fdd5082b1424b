/**
 * Error code, as a literal that programs can branch on. {@link ERROR_MEANING} lists the meaning of each code.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid_options` | an option of the client is wrong; nothing was sent |
 * | `invalid_argument` | an argument of this call is wrong; nothing was sent |
 * | `client_auth_failed` | the provider does not accept the application's credential |
 * | `unsupported_token_type` | the provider cannot revoke this kind of token |
 * | `rejected` | the provider refused the request for another reason |
 * | `rate_limited` | the provider throttles; see `retryAfterMs` |
 * | `provider_unavailable` | the provider failed (5xx); the token is still active |
 * | `unexpected_response` | the response does not come from a provider, such as an HTML page |
 * | `redirect_refused` | the endpoint returned a redirect, which is never followed |
 * | `endpoint_missing` | the endpoint returned 404, 405 or 410, or the provider's metadata lists no such endpoint |
 * | `discovery_failed` | the provider's metadata could not be used |
 * | `unverified` | the revocation was accepted, but introspection could not prove it |
 * | `network` | the connection failed; unless the message says that nothing was sent, the request may or may not have arrived |
 * | `timeout` | no complete response in time; the request may or may not have arrived |
 * | `aborted` | the caller's signal ended the call, or the client is closed |
 */
export type LogoutErrorCode =
  | 'invalid_options'
  | 'invalid_argument'
  | 'client_auth_failed'
  | 'unsupported_token_type'
  | 'rejected'
  | 'rate_limited'
  | 'provider_unavailable'
  | 'unexpected_response'
  | 'redirect_refused'
  | 'endpoint_missing'
  | 'discovery_failed'
  | 'unverified'
  | 'network'
  | 'timeout'
  | 'aborted'

/**
 * The scope of a failure:
 *
 * - `call`: only this call, because of its arguments or its signal. Fix the call.
 * - `token`: only this token. Log it.
 * - `application`: every call, until someone fixes the client's options or the application's settings. Alert.
 * - `provider`: every call, until the provider recovers. Retry later.
 */
export type ErrorConcern = 'call' | 'token' | 'application' | 'provider'

/** Meaning of a {@link LogoutErrorCode}. */
export interface ErrorMeaning {
  /** True if the same call may succeed later without any change. */
  readonly retryable: boolean
  /** The state of the token after this failure, if nothing else is known about it. */
  readonly token: 'live' | 'unknown' | 'unsupported'
  /** The scope of the failure. */
  readonly concerns: ErrorConcern
  /** Meaning or advice, in one sentence. */
  readonly advice: string
}

/**
 * Meaning of each code.
 *
 * Some errors know more than their code says. `discovery_failed` is `retryable` if the provider may respond later, and
 * `endpoint_missing` if a part of its metadata could not be fetched. The state is `unsupported` when `endpoint_missing`
 * comes from metadata that lists no revocation endpoint, `accepted` with `unverified` unless introspection still reports
 * the token as active, and `live` whenever nothing was sent, also with `network`, `timeout` and `aborted`.
 *
 * @example
 * ```ts
 * import { ERROR_MEANING, isLogoutError } from '@backend-logout/core'
 *
 * function alertOn(error: unknown) {
 *   if (isLogoutError(error) && error.concerns === 'application') console.error(ERROR_MEANING[error.code].advice)
 * }
 * ```
 */
export const ERROR_MEANING: Readonly<Record<LogoutErrorCode, ErrorMeaning>> = {
  invalid_options: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice: 'Fix the option that the message names.',
  },
  invalid_argument: {
    retryable: false,
    token: 'live',
    concerns: 'call',
    advice: 'Fix the argument that the message names.',
  },
  client_auth_failed: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice: 'Check appId, appSecret and the client authentication method of the application for this endpoint.',
  },
  unsupported_token_type: {
    retryable: false,
    token: 'unsupported',
    concerns: 'token',
    advice: 'The provider cannot revoke this kind of token.',
  },
  rejected: {
    retryable: false,
    token: 'live',
    concerns: 'token',
    advice: 'Check that the token was issued to this application.',
  },
  rate_limited: { retryable: true, token: 'live', concerns: 'provider', advice: 'Try again later.' },
  provider_unavailable: {
    retryable: true,
    token: 'live',
    concerns: 'provider',
    advice: 'The token is still active; try again later.',
  },
  unexpected_response: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice:
      'This does not look like a response from the provider. Check the address and any proxy or firewall in front of it.',
  },
  redirect_refused: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice: 'Redirects are not followed, because they would forward the credentials. Check the address.',
  },
  endpoint_missing: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice: 'Check the address and the protocol.',
  },
  discovery_failed: {
    retryable: false,
    token: 'live',
    concerns: 'application',
    advice: 'Set issuer exactly as the provider states it, or set endpoints.',
  },
  unverified: {
    retryable: false,
    token: 'live',
    concerns: 'token',
    advice: 'Treat the token as active, unless tokenMayBeLive is false.',
  },
  network: {
    retryable: true,
    token: 'unknown',
    concerns: 'provider',
    advice: 'The request may or may not have arrived; treat the token as active.',
  },
  timeout: {
    retryable: true,
    token: 'unknown',
    concerns: 'provider',
    advice: 'The request may or may not have arrived; treat the token as active.',
  },
  aborted: {
    retryable: false,
    token: 'unknown',
    concerns: 'call',
    advice: 'The request may or may not have arrived; treat the token as active.',
  },
}
