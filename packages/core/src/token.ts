import { LogoutError } from './errors.ts'

const MAX_TOKEN_LENGTH = 65_536

/**
 * Says why a value cannot be a token that is to be revoked. Providers answer success for a token that they do not know
 * (RFC 7009 §2.2), so a mistake here would look like a logout and leave the real token alive.
 *
 * @returns the reason as a {@link LogoutError}, or `undefined` where the token may be sent
 */
export function unusableToken(token: unknown, appId: string): LogoutError | undefined {
  // Nearly every token is of these alone (RFC 6750 §2.1), and needs no closer look.
  const plain = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH && /^[\w.~+/=-]+$/.test(token)
  if (plain && !isIdToken(token, appId)) return undefined
  const reason =
    typeof token !== 'string' || token === ''
      ? `must be a string that is not empty (got ${token === '' ? 'an empty one' : token === null ? 'null' : typeof token})`
      : token.length > MAX_TOKEN_LENGTH
        ? `has ${token.length} characters; at most ${MAX_TOKEN_LENGTH} are sent`
        : // RFC 6749 Appendix A.12. A line break left over from reading a file is the usual case.
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
          /[\u0000-\u001f\u007f]/.test(token) || !token.isWellFormed()
          ? 'contains control characters or broken text, such as a line break at its end'
          : /^bearer /i.test(token)
            ? "starts with 'Bearer '; pass the token alone"
            : isIdToken(token, appId)
              ? 'is an ID token, which cannot be revoked; pass the access token or the refresh token'
              : undefined
  return reason === undefined
    ? undefined
    : new LogoutError('invalid_argument', `The token ${reason}. Nothing was sent.`, { option: 'token' })
}

/**
 * An ID token is for this application (`aud`), grants nothing (no scope), and either tells about the sign-in itself or
 * has what every ID token has and no more of an identity (OpenID Connect Core §2, §3.1.3.6). Access tokens have a scope
 * or another audience, and by RFC 9068 §2.2 both `jti` and `client_id`.
 */
function isIdToken(token: string, appId: string): boolean {
  const start = token.indexOf('.') + 1
  const end = token.indexOf('.', start)
  if (start === 0 || end <= start) return false
  try {
    const json = atob(token.slice(start, end).replaceAll('-', '+').replaceAll('_', '/'))
    // Most access tokens are told by this alone, at a fraction of what parsing costs.
    if (/"(?:scope|scp)"/.test(json)) return false
    const claims = JSON.parse(json) as Record<string, unknown>
    const has = (name: string): boolean => name in claims
    const signIn = ['at_hash', 'c_hash', 'nonce', 'auth_time'].some(has)
    const bare = ['iss', 'sub', 'exp', 'iat'].every(has) && !has('jti') && !has('client_id')
    return [claims.aud].flat().includes(appId) && (signIn || bare)
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
    throw new LogoutError(
      'invalid_argument',
      "tokenTypeHint must be a short name, such as 'access_token'. Nothing was sent.",
      { option: 'tokenTypeHint' },
    )
  }
}
