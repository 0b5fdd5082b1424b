import { readSessionTokens, revocationEntryOf } from '@backend-logout/core'
import type { LogoutTargets, RevocableTokens } from './logout-targets.ts'
import type { StoredTokens } from './session-index.ts'

/** The tokens in a session, checked. */
export interface ReadTokens extends RevocableTokens {
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
    expiresAt: expiresAt ?? undefined,
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
  hasList: boolean,
): RevocableTokens {
  const isOnlyListed = isKept && refreshToken && hasList && accessToken && revocationEntryOf(accessToken)
  return {
    ...(accessToken && !isOnlyListed && { accessToken }),
    ...(refreshToken && !isKept && { refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
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
