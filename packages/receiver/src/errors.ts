/**
 * Reason for refusing a logout token, as a literal that programs can branch on.
 *
 * | code | meaning |
 * |---|---|
 * | `too_large` | longer than 16 384 characters, or 8 192 in its header and claims |
 * | `malformed` | neither a compact JWS nor a compact JWE, or not JSON inside, or JSON with more than 50 brackets and commas |
 * | `not_encrypted` | `decryptionKeys` are set, and the token is not encrypted |
 * | `undecryptable` | encrypted, and none of `decryptionKeys` decrypts it |
 * | `unsupported_header` | the header has `crit`, `b64` or `zip` |
 * | `wrong_type` | `typ` is that of another kind of JWT, or not `logout+jwt` with `strictType` |
 * | `algorithm_not_allowed` | `alg` is `none`, symmetric, or not one of those expected |
 * | `unknown_issuer` | `iss` is not one of the issuers |
 * | `wrong_audience` | `aud` is not this application, or not this application alone |
 * | `nonce_present` | there is a `nonce`, as in an ID token |
 * | `not_a_logout` | `events` does not have the event of a back-channel logout, with an object as its value |
 * | `subject_missing` | neither `sub` nor `sid` |
 * | `jti_missing` | no `jti` |
 * | `iat_missing` | no `iat` |
 * | `exp_missing` | no `exp`, and no `allowMissingExp` |
 * | `malformed_claim` | a claim is of a wrong type, too long, or not usable as text |
 * | `issued_in_future` | `iat` or `nbf` is ahead of the clock by more than the tolerance |
 * | `expired` | `exp` has passed; without `exp`, `iat` is more than two minutes ago |
 * | `lives_too_long` | more than 24 hours from `iat` to `exp` |
 * | `unknown_key` | the issuer has no key with this `kid` for this `alg`; its keys were fetched at most 30 seconds ago |
 * | `wrong_signature` | the signature is invalid |
 * | `replayed` | the token has already been handled |
 * | `keys_unavailable` | the issuer's keys cannot be fetched now; the only code that is `retryable` |
 */
export type LogoutTokenErrorCode =
  | 'too_large'
  | 'malformed'
  | 'not_encrypted'
  | 'undecryptable'
  | 'unsupported_header'
  | 'wrong_type'
  | 'algorithm_not_allowed'
  | 'unknown_issuer'
  | 'wrong_audience'
  | 'nonce_present'
  | 'not_a_logout'
  | 'subject_missing'
  | 'jti_missing'
  | 'iat_missing'
  | 'exp_missing'
  | 'malformed_claim'
  | 'issued_in_future'
  | 'expired'
  | 'lives_too_long'
  | 'unknown_key'
  | 'wrong_signature'
  | 'replayed'
  | 'keys_unavailable'

// Registered, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('backend-logout.LogoutTokenError')

/**
 * A logout token was refused. Its `code` is the reason; its message repeats no part of the token.
 *
 * @example
 * ```ts
 * import { createLogoutTokenVerifier, isLogoutTokenError } from '@backend-logout/receiver'
 *
 * const verifier = createLogoutTokenVerifier({ issuer: 'https://id.example.com', clientId: 'app' })
 * try {
 *   await verifier.verify('a token')
 * } catch (error) {
 *   if (isLogoutTokenError(error)) console.warn(error.code)
 *   else throw error
 * }
 * ```
 */
export class LogoutTokenError extends Error {
  /** Reason for the refusal. */
  declare readonly code: LogoutTokenErrorCode
  /** True if the same token may be accepted later. */
  declare readonly retryable: boolean
  /** The time until then, in milliseconds, if it is known. */
  declare readonly retryAfterMs?: number

  /** Creates an error; for your own {@link LogoutTokenVerifier}. */
  constructor(
    code: LogoutTokenErrorCode,
    message: string,
    { retryAfterMs, ...options }: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options)
    this.name = 'LogoutTokenError'
    this.code = code
    this.retryable = code === 'keys_unavailable'
    Object.assign(this, { [BRAND]: true }, retryAfterMs !== undefined && { retryAfterMs })
  }
}

/**
 * Recognizes a caught {@link LogoutTokenError}, even one from another copy of this package.
 *
 * @example
 * ```ts
 * import { createLogoutTokenVerifier, isLogoutTokenError } from '@backend-logout/receiver'
 *
 * const verifier = createLogoutTokenVerifier({ issuers: [{ issuer: 'https://id.example.com', clientId: 'app' }] })
 * try {
 *   await verifier.verify('a-logout-token')
 * } catch (error) {
 *   if (isLogoutTokenError(error)) console.error(error.code, error.retryable)
 *   else throw error
 * }
 * ```
 */
export function isLogoutTokenError(value: unknown): value is LogoutTokenError {
  try {
    return typeof value === 'object' && value !== null && (value as { [BRAND]?: boolean })[BRAND] === true
  } catch {
    // Anything can be thrown, even an object that throws when it is read.
    return false
  }
}

/** Refuses a token. */
export function refuse(code: LogoutTokenErrorCode, message: string): never {
  throw new LogoutTokenError(code, message)
}
