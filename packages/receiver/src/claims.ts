import { type JsonObject, member } from './compact-token.ts'
import { refuse } from './errors.ts'
import type { LogoutNotice } from './notice.ts'
import type { TrustedIssuer } from './options.ts'

/** The event that makes a JWT a logout token. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** The lifetime of a token without `exp`, in seconds: the maximum that the specification recommends. */
const IMPLIED_LIFETIME_S = 120
/** The longest time from `iat` to `exp`, in seconds. A processed token is remembered for this time. */
const MAX_LIFETIME_S = 86_400
/** The maximum by which `iat` can be early, in seconds: it is rounded down, and Zitadel's is a second early. */
const EARLY_S = 1
/** The end of the year 9999, in seconds. Milliseconds are beyond it. */
const MAX_TIME = 253_402_300_799
/** The longest `sub`, `sid` and `jti`, as in the contract and in revocation lists. */
const MAX_NAME = 1024

/**
 * Finds the issuer that a token claims to be from.
 *
 * @throws LogoutTokenError `unknown_issuer`
 */
export function issuerOf(claims: JsonObject, issuers: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
  const iss = member(claims, 'iss')
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined
  return issuer ?? refuse('unknown_issuer', "The token's iss is not an issuer that this application accepts.")
}

/**
 * Checks the claims of a logout token against §2.4 and §2.6 of the specification. The signature is checked afterward,
 * so that invalid tokens cost no cryptography.
 *
 * @param now In seconds since 1970.
 * @throws LogoutTokenError
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation | Back-Channel Logout §2.6}
 */
export function readClaims(
  claims: JsonObject,
  issuer: TrustedIssuer,
  now: number,
): Required<Pick<LogoutNotice, 'iss' | 'at' | 'jti' | 'expiresAt'>> & LogoutNotice {
  if (member(claims, 'nonce') !== undefined) refuse('nonce_present', 'The token has a nonce, as ID tokens do.')
  const events = member(claims, 'events')
  if (!isObject(events) || !isObject(member(events, LOGOUT_EVENT))) {
    refuse('not_a_logout', "The token's events do not declare a back-channel logout.")
  }
  checkAudience(member(claims, 'aud'), issuer.clientIds)
  const sub = readClaim(claims, 'sub')
  const sid = readClaim(claims, 'sid')
  if (sub === undefined && sid === undefined) refuse('subject_missing', 'The token has neither sub nor sid.')
  const jti = readClaim(claims, 'jti') ?? refuse('jti_missing', 'The token has no jti.')
  const subject = { ...(sub !== undefined && { sub }), ...(sid !== undefined && { sid }) }
  return { iss: issuer.issuer, ...subject, ...checkTimes(claims, issuer, now), jti }
}

/**
 * Checks when a token was issued, and when it expires.
 *
 * @throws LogoutTokenError
 */
export function checkTimes(
  claims: JsonObject,
  issuer: Pick<TrustedIssuer, 'allowMissingExp' | 'clockToleranceSeconds'>,
  now: number,
): { readonly at: number; readonly expiresAt: number } {
  const at = readTime(claims, 'iat') ?? refuse('iat_missing', 'The token has no iat.')
  const expiresAt = readExpiry(claims, at, issuer)
  const validFrom = Math.max(at, readTime(claims, 'nbf') ?? 0)
  if (validFrom > now + issuer.clockToleranceSeconds) {
    refuse('issued_in_future', "The token's iat or nbf is in the future.")
  }
  if (expiresAt <= now - issuer.clockToleranceSeconds) refuse('expired', 'The token has expired.')
  return { at: at + EARLY_S, expiresAt }
}

/**
 * Refuses a token for other applications, even if it is also for this one.
 *
 * @throws LogoutTokenError `wrong_audience`
 */
export function checkAudience(aud: unknown, clientIds: ReadonlySet<string>): void {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const isOurs = audiences.length > 0 && audiences.every((one) => typeof one === 'string' && clientIds.has(one))
  if (!isOurs) refuse('wrong_audience', "The token's aud does not name only this application.")
}

function readExpiry(
  claims: JsonObject,
  at: number,
  { allowMissingExp }: Pick<TrustedIssuer, 'allowMissingExp'>,
): number {
  const exp = readTime(claims, 'exp')
  if (exp === undefined) {
    return allowMissingExp ? at + IMPLIED_LIFETIME_S : refuse('exp_missing', 'The token has no exp.')
  }
  if (exp - at > MAX_LIFETIME_S) refuse('lives_too_long', 'The token is valid for more than a day.')
  return exp
}

/**
 * The text of a claim that a session store or Postgres can store.
 *
 * @throws LogoutTokenError `malformed_claim`
 */
export function readClaim(claims: JsonObject, name: string): string | undefined {
  const value = member(claims, name)
  if (value === undefined) return undefined
  const isText = typeof value === 'string' && value !== '' && value.length <= MAX_NAME
  if (!isText || !value.isWellFormed() || value.includes('\0')) return malformed(name)
  return value
}

/** A time in whole seconds: `exp` may have fractions, and is rounded down like all others. */
function readTime(claims: JsonObject, name: string): number | undefined {
  const value = member(claims, name)
  if (value === undefined) return undefined
  return typeof value === 'number' && value >= 0 && value <= MAX_TIME ? Math.floor(value) : malformed(name)
}

function malformed(name: string): never {
  return refuse('malformed_claim', `The token's ${name} is invalid.`)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
