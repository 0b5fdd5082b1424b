import { readThrown } from './thrown.ts'

/** Errors that mean that a token is not valid: those of jose, of jsonwebtoken, and any with a status. */
const INVALID = /^ERR_(?:J(?:WT|WS|WE)_|JWKS_(?:NO|MULTIPLE)_MATCHING|JOSE_(?:ALG_NOT_ALLOWED|NOT_SUPPORTED)$)/
const INVALID_NAME = /^(?:JsonWebTokenError|TokenExpiredError|NotBeforeError|InvalidTokenError)$/

/**
 * Tells whether an error of `jwtVerify` of `jose`, or of `jsonwebtoken`, concerns the token: respond with 401. Any other
 * error, such as keys that cannot be fetched, says nothing about the token: respond with 503, because clients discard
 * their tokens after a 401. An error whose `status` is 401 concerns the token. It never throws.
 *
 * @example
 * ```ts
 * import { isInvalidToken } from '@backend-logout/revocations'
 *
 * declare function verify(token: string): Promise<unknown>
 *
 * const status = await verify('a token').then(() => 200, (error) => (isInvalidToken(error) ? 401 : 503))
 * console.log(status)
 * ```
 */
export function isInvalidToken(error: unknown): boolean {
  const { code, name, status } = readThrown(error)
  const matches = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value)
  return matches(INVALID, code) || matches(INVALID_NAME, name) || status === 401
}
