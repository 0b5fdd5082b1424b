import { unverifiedClaims } from '@backend-logout/core'
import type { LogoutNotice } from './notice.ts'

/** The maximum by which the provider's clock may be ahead, in seconds: as for its logout tokens, by default. */
const AHEAD_S = 60

/** A logout that happens now, by this machine's clock. The times of sessions and tokens are by the provider's clock. */
export function noticeOfNow(who: Pick<LogoutNotice, 'iss' | 'sub' | 'sid'>): LogoutNotice {
  const localAt = Math.floor(Date.now() / 1000)
  return { ...who, at: localAt + AHEAD_S, localAt }
}

/**
 * The time up to which a list must refuse the tokens of a logout, by the provider's clock. With a time of the provider, it
 * is that time. Without one, it is now, or the latest time of issue of the access tokens that were found: a minute more for
 * everyone would also refuse the tokens of a user who immediately logs in again.
 *
 * @param known That time, from the tokens that were found earlier.
 */
export function refusedUpTo(
  { at, localAt }: LogoutNotice,
  known: number | undefined,
  accessTokens: readonly string[],
): number {
  if (localAt === undefined) return at
  const issued = accessTokens.map((token) => unverifiedClaims(token).iat).filter((iat) => typeof iat === 'number')
  return Math.max(known ?? localAt, ...issued.map((iat) => Math.min(Math.floor(iat), at)))
}
