import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import { printable } from './printable.ts'
import { payloadOf } from './unverified-claims.ts'

const MAX_TOKEN_LENGTH = 65_536

/** Nearly every token consists of these characters only (RFC 6750 §2.1), as do the texts of missing values. */
const PLAIN = /^(?!(?:undefined|null|NaN)$)[\w.~+/=-]+$/

/**
 * Text in place of a token or around it: a missing value in a template literal, the scheme of a header, quotes or brackets
 * as in JSON or `[object Object]`, white space such as the line break at the end of a file, or an invisible character.
 * GitHub's scheme, `token`, is also a word that a short text may start with.
 */
const AROUND =
  /^(?:undefined|null|NaN)$|^(?:bearer|dpop|token(?=\s+\S{16}))\s|^(["'])(?=.*\1$)|^\[(?=.*\]$)|^\{(?=.*\}$)|^[\s\p{Cf}]|[\s\p{Cf}]$/isu

// RFC 6749 Appendix A.12.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects these characters
const CONTROL = /[\0-\x1f\x7f\p{Cs}]/u

/**
 * Checks that a value can be a token that is to be revoked. Providers return success for an unknown token (RFC 7009
 * §2.2), so a mistake here would look like a logout and leave the real token active.
 *
 * @param hint The type that the application states. It is accepted, because access tokens of some providers have the
 * claims of an ID token.
 * @returns the token; or, if it must not be sent, the reason as a {@link LogoutError}
 */
export function usableToken(token: unknown, appId: string, hint?: string): string | LogoutError {
  if (typeof token !== 'string') return unusable(`must be a string (got ${token && typeof token})`)
  if (token.length > MAX_TOKEN_LENGTH) {
    return unusable(`has ${token.length} characters; at most ${MAX_TOKEN_LENGTH} are sent`)
  }
  if (!PLAIN.test(token)) {
    if (isBlank(token)) return unusable(token ? 'consists of white space' : 'must not be empty')
    const [found] = AROUND.exec(token) ?? []
    if (found) return unusable(`must not be, start or end with '${printable(found)}': pass the token alone`)
    if (CONTROL.test(token)) return unusable('contains control characters or broken text')
  }
  if (isIdToken(token, appId, hint !== undefined)) {
    return unusable('looks like an ID token, which cannot be revoked. If it is another one, set tokenTypeHint')
  }
  return token
}

/**
 * Recognizes an ID token of this application, by its claims. ID tokens cannot be revoked, but many providers return
 * success for one. For tokens that callers pass without a type.
 *
 * @param appId The application's id.
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDToken | OpenID Connect Core §2}
 * @example
 * ```ts
 * import { looksLikeIdToken } from '@backend-logout/core'
 *
 * console.log(looksLikeIdToken('an opaque access token', 'app')) // false
 * ```
 */
export function looksLikeIdToken(token: string, appId: string): boolean {
  return isIdToken(token, appId, false)
}

/**
 * Recognizes a text that is empty or consists only of invisible characters: white space, and format characters such as
 * U+200B.
 */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}]/u.test(text)
}

function unusable(reason: string): LogoutError {
  return new LogoutError('invalid_argument', `The token ${reason}. Nothing was sent.`, { option: 'token' })
}

/**
 * An ID token is for this application (`aud`), grants nothing (no scope), and either has claims about the sign-in or
 * only the claims of every ID token (OpenID Connect Core §2, §3.1.3.6). Access tokens have a scope or another audience,
 * and by RFC 9068 §2.2 both `jti` and `client_id`.
 *
 * @param doubted Whether the application states another type. Then only the hash of an access token or a code counts
 *   (`at_hash`, `c_hash`), which no access token has.
 */
function isIdToken(token: string, appId: string, doubted: boolean): boolean {
  try {
    const json = payloadOf(token)
    // Rules out most access tokens without parsing.
    if (json === undefined || /"(?:scope|scp)"/.test(json)) return false
    const claims = JSON.parse(json) as Record<string, unknown>
    const has = (name: string): boolean => name in claims
    const hash = ['at_hash', 'c_hash'].some(has)
    const signIn = hash || ['nonce', 'auth_time'].some(has)
    const bare = ['iss', 'sub', 'exp', 'iat'].every(has) && !has('jti') && !has('client_id')
    return [claims.aud].flat().includes(appId) && (doubted ? hash : signIn || bare)
  } catch {
    return false
  }
}

/**
 * Checks a token type hint.
 *
 * @throws LogoutError `invalid_argument`
 */
export function checkHint(hint: unknown): void {
  if (hint !== undefined && !(typeof hint === 'string' && /^[\x21-\x7e]{1,200}$/.test(hint))) {
    invalidOption(
      'tokenTypeHint',
      "must be a short name, such as 'access_token'. Nothing was sent.",
      'invalid_argument',
    )
  }
}
