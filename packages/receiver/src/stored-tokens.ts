import { emit, readSessionTokens, revocationEntryOf } from '@backend-logout/core'
import type { LogoutTargets, RevocableTokens } from './logout-targets.ts'
import type { StoredTokens } from './session-index.ts'

/** The tokens in a session, checked. */
export interface ReadTokens extends Omit<RevocableTokens, 'expiresAt'> {
  /** As it is stored. */
  readonly expiresAt: unknown
  /** Also those from before a refresh. */
  readonly accessTokens: readonly string[]
  /** The refresh token is meant to work while the user is logged out. */
  readonly isKept: boolean
}

/**
 * Copies the application's objects once, so that reading them cannot fail later. `null` counts as missing, because
 * databases return it for an empty column.
 *
 * @throws LogoutError `invalid_argument` if a token has another name: it would stay active, and the logout would look
 * complete
 * @throws TypeError if a member has another type than documented
 */
export function readTokens(
  stored: StoredTokens | null | undefined,
  { keepOfflineAccess }: Pick<LogoutTargets, 'keepOfflineAccess'>,
): ReadTokens {
  const { accessToken, refreshToken } = readSessionTokens(stored)
  const { replacedAccessTokens, expiresAt, scope } = stored ?? {}
  const replaced = replacedAccessTokens ?? []
  if (!Array.isArray(replaced)) throw new TypeError('replacedAccessTokens must be a list of tokens.')
  return {
    accessToken: textOf(accessToken, 'accessToken'),
    refreshToken: textOf(refreshToken, 'refreshToken'),
    expiresAt,
    accessTokens: [accessToken, ...replaced].flatMap((token) => textOf(token, 'An access token') || []),
    isKept: keepOfflineAccess === true && isOffline(scope),
  }
}

/**
 * The tokens that the provider is to revoke. With an access token, it may end the whole grant (RFC 7009 §2.1), and so a
 * refresh token that is to be kept: then only the list refuses the access token, unless it cannot name it.
 */
export function tokensToRevoke(
  { accessToken, refreshToken, expiresAt, isKept }: ReadTokens,
  { revocations, onEvent }: Pick<LogoutTargets, 'revocations' | 'onEvent'>,
): RevocableTokens {
  const expiry = readExpiry(expiresAt, onEvent)
  const isOnlyListed = isKept && refreshToken && revocations && accessToken && revocationEntryOf(accessToken)
  return {
    ...(accessToken && !isOnlyListed && { accessToken }),
    ...(refreshToken && !isKept && { refreshToken }),
    ...(expiry !== undefined && { expiresAt: expiry }),
  }
}

/** A wrong expiry is reported and dropped: an outbox would refuse the tokens with it, at each repetition. */
function readExpiry(expiresAt: unknown, onEvent: LogoutTargets['onEvent']): number | undefined {
  if (expiresAt === undefined || expiresAt === null) return undefined
  const timeMs = Number(expiresAt)
  // The year 1973 in milliseconds, and the year 5138 in seconds, in which OAuth counts.
  if (timeMs > 100_000_000_000) return timeMs
  const error = new TypeError('expiresAt must be a Date, or milliseconds (not seconds) since 1970.')
  emit(onEvent, { type: 'failure', step: 'tokens', error })
  return undefined
}

/** True without a scope. Some libraries store it as a list. */
function isOffline(scope: unknown): boolean {
  if (scope === undefined || scope === null) return true
  const scopes: unknown = typeof scope === 'string' ? scope.split(' ') : scope
  if (!Array.isArray(scopes)) throw new TypeError('scope must be a string, as in the token response, or a list.')
  return scopes.includes('offline_access')
}

function textOf(token: unknown, name: string): string | undefined {
  if (token === undefined || token === null) return undefined
  if (typeof token !== 'string') throw new TypeError(`${name} must be a string.`)
  return token
}
