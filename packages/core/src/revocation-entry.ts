import { unverifiedClaims } from './unverified-claims.ts'

/**
 * Names a token for a revocation list: the entry that `append()` of `@backend-logout/revocations` takes. All times are
 * whole seconds since 1970.
 */
export type TokenRevocationEntry =
  | { readonly iss: string; readonly jti: string; readonly until: number }
  | { readonly iss: string; readonly sid: string; readonly at: number; readonly until: number }

/** Accepts entries for a revocation list, such as the log of `@backend-logout/revocations`. */
export interface RevocationEntries {
  /** Resolves when the entries are durable. */
  append(entries: readonly TokenRevocationEntry[]): Promise<unknown>
}

/** The end of the year 9999. */
const MAX_TIME = 253_402_300_799

/**
 * Reads the entry that revokes an access token from the token itself: by its `jti`, or without one, by its session
 * (`sid`) up to now. Nothing is verified, so the entry is as trustworthy as the holder of the token: use it for tokens
 * of a session that the application keeps, never for one that came with a request.
 *
 * @param nowS Seconds since 1970.
 * @returns `undefined` for a token that no entry can name: an opaque one, or one without `iss`, `exp`, or both ids
 * @example
 * ```ts
 * import { revocationEntryOf } from '@backend-logout/core'
 *
 * const entry = revocationEntryOf('eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl')
 * ```
 */
export function revocationEntryOf(
  accessToken: string,
  nowS: number = Math.floor(Date.now() / 1000),
): TokenRevocationEntry | undefined {
  const { iss, jti, sid, iat, exp } = unverifiedClaims(accessToken)
  // Without a signature, it is not a token that a server accepts.
  if (accessToken.endsWith('.') || !isName(iss, 2048) || !isTime(exp)) return undefined
  const until = Math.ceil(exp)
  if (isName(jti, 1024)) return { iss, jti, until }
  // The issuer's clock may be ahead of ours.
  return isName(sid, 1024) ? { iss, sid, at: isTime(iat) ? Math.max(nowS, Math.floor(iat)) : nowS, until } : undefined
}

function isName(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && /^[^\0]+$/.test(value) && value.length <= maxLength && value.isWellFormed()
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= MAX_TIME
}
