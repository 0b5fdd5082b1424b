import { findUnknownOption, type SessionTokens } from '@backend-logout/core'
import type { LogoutNotice } from './notice.ts'
import type { Awaitable } from './replays.ts'

/** The tokens in a session. `null` counts as missing. */
export interface StoredTokens extends SessionTokens {
  /** Access tokens from before a refresh, as long as they have not expired: your services also refuse them. */
  readonly replacedAccessTokens?: readonly string[] | undefined
  /** When the last of the tokens has expired, if known. Milliseconds since 1970, or a date. */
  readonly expiresAt?: number | Date | undefined
  /** The scope that was granted, as in the token response, or as a list. Read only with `keepOfflineAccess`. */
  readonly scope?: string | readonly string[] | undefined
}

/**
 * Access of a logout to the application's sessions.
 *
 * @see {@link createMemorySessionIndex} and {@link createPostgresSessionIndex} for ready ones
 */
export interface SessionIndex {
  /**
   * Finds the sessions that a notice ends: of its issuer, with its `sid`, or without one, with its `sub`; and of these
   * only those whose login was at or before `at`. An index that also remembers notices, for logins that are recorded
   * later, compares those with `localAt ?? at`.
   */
  find(notice: LogoutNotice): Awaitable<Iterable<string>>
  /** The tokens in a session, which are revoked. Without it, the provider has to revoke them. */
  tokens?(id: string): Awaitable<StoredTokens | null | undefined>
  /** Ends a session. Ending a session that no longer exists succeeds. */
  end(id: string): Awaitable<unknown>
}

/** The application's own session store, behind a ready {@link SessionIndex}. */
export interface SessionAccess {
  /** The tokens in a session, which are revoked. */
  readonly tokens?: ((id: string) => Awaitable<StoredTokens | null | undefined>) | undefined
  /** Ends a session in the application's store. Ending a session that no longer exists succeeds. */
  readonly end: (id: string) => Awaitable<unknown>
}

export const SESSION_ACCESS: Readonly<Record<keyof SessionAccess, true>> = { tokens: true, end: true }
export const SESSION_HINTS = { read: 'use tokens', destroy: 'use end', clear: 'use end' }

/** The claims of the ID token that a session began with. Other claims are ignored. */
export interface LoginClaims {
  /** The issuer of the ID token. */
  readonly iss: string
  /** The user. */
  readonly sub: string
  /** The provider's session, if the ID token names it. */
  readonly sid?: string | undefined
  /** In seconds since 1970, by the provider's clock. */
  readonly iat: number
}

/** Options of {@link RecordedSessions.add}. */
export interface RecordOptions {
  /**
   * When the session expires, as a date or in milliseconds since 1970. Then it is removed.
   * @default 30 days from now
   */
  readonly expiresAt?: Date | number | undefined
}

/** A {@link SessionIndex} to which the application adds each login. It contains ids and no tokens. */
export interface RecordedSessions extends SessionIndex {
  /**
   * Records a session, after it was stored. Record it again when its id changes.
   *
   * @param id The session's id in the application's store: at most 1,024 characters and 2,600 bytes.
   * @param claims The claims of the ID token.
   * @returns `false` if the provider has already reported the logout, and no later report will name this session: then add
   * its tokens to the outbox, end it with `end()`, and do not log the user in
   * @throws TypeError when the id or a claim is invalid
   */
  add(id: string, claims: LoginClaims, options?: RecordOptions): Promise<boolean>
  /** Removes a session that the application has ended. */
  remove(id: string): Promise<void>
}

/** A session as an index records it. All times are whole seconds since 1970. */
export interface SessionRecord {
  readonly id: string
  readonly iss: string
  readonly sub: string
  readonly sid: string | undefined
  readonly at: number
  readonly until: number
}

/** The time for which a reported logout is remembered, in seconds: longer than a login that began earlier can take. */
export const REPORTED_S = 3_600

const DEFAULT_LIFE_MS = 2_592_000_000
const MAX_NAME = 1024
/** The maximum size of an id in UTF-8: a row of the B-tree that makes ids unique in Postgres holds little more. */
const MAX_ID_BYTES = 2_600

/**
 * Checks a login and creates its record.
 *
 * @throws TypeError
 */
export function recordOf(id: string, claims: LoginClaims, given?: RecordOptions): SessionRecord {
  const { iss, sub, sid, iat } = claims ?? {}
  const options = given ?? {}
  for (const [name, value, maxLength] of [
    ['id', id, MAX_NAME],
    ['iss', iss, 2048],
    ['sub', sub, MAX_NAME],
    ['sid', sid ?? 'none', MAX_NAME],
  ] as const) {
    const isText = typeof value === 'string' && value !== '' && value.length <= maxLength
    if (!isText || !value.isWellFormed() || value.includes('\0')) throw new TypeError(`${name} must be a short text.`)
  }
  if (new TextEncoder().encode(id).length > MAX_ID_BYTES) {
    throw new TypeError(`id must have at most ${MAX_ID_BYTES} bytes in UTF-8.`)
  }
  if (!(typeof iat === 'number' && iat >= 0 && iat < 253_402_300_800)) {
    throw new TypeError('iat must be in seconds since 1970.')
  }
  const unknown = findUnknownOption(options, { expiresAt: true }, { ttl: 'use expiresAt', maxAge: 'use expiresAt' })
  if (unknown) throw new TypeError(`${unknown.option} ${unknown.reason}`)
  const expiresAt = Number(options.expiresAt ?? Date.now() + DEFAULT_LIFE_MS)
  // The year 1973 in milliseconds, and far in the future in seconds, in which JWTs count.
  if (!(expiresAt > 100_000_000_000 && expiresAt < 253_402_300_800_000))
    throw new TypeError('expiresAt must be a Date, or milliseconds since 1970.')
  return { id, iss, sub, sid: sid ?? undefined, at: Math.floor(iat), until: Math.ceil(expiresAt / 1000) }
}

/** True if a notice ends a session. */
export function ends(
  notice: LogoutNotice,
  { iss, sub, sid, at }: Pick<SessionRecord, 'iss' | 'sub' | 'sid' | 'at'>,
): boolean {
  if (notice.iss !== iss || at > notice.at) return false
  // A sid names one session. A sub in addition names its user, and does not end the user's other sessions.
  if (notice.sid !== undefined) return notice.sid === sid && (notice.sub === undefined || notice.sub === sub)
  return notice.sub === sub
}
