import { readSessionTokens, type SessionTokens } from '@backend-logout/core'
import { refuse } from './errors.ts'
import { jwtExpiry } from './expiry.ts'

/** The tokens of one session. They may include an ID token, which cannot be revoked and is not kept. */
export interface OutboxTokens extends SessionTokens {
  /** The same as in {@link AddOptions}; this one takes precedence. */
  readonly expiresAt?: Date | number | undefined
}

/** A kind of token, in the words of RFC 7009. */
export type OutboxTokenType = 'refresh_token' | 'access_token'

/** In the order in which they are revoked. */
export const TOKEN_TYPES: readonly OutboxTokenType[] = ['refresh_token', 'access_token']

/** Information about a token that is readable without the key. */
export interface TokenAbout {
  /** Access token or refresh token. */
  readonly tokenType: OutboxTokenType
  /** Identifies the token in reports and logs, without the token. */
  readonly fingerprint: string
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Information about a logout that is readable without the key. */
export interface EntryAbout {
  /** In milliseconds since the epoch. */
  readonly addedAt: number
  /** At least one. */
  readonly tokens: readonly TokenAbout[]
}

/** The tokens themselves. */
export type EntrySecret = { readonly [T in OutboxTokenType]?: string | undefined }

/** Tokens that were checked. */
export interface ReadTokens {
  readonly about: EntryAbout
  readonly secret: EntrySecret
}

export const MAX_TOKEN_LENGTH = 65_536
const TEN_YEARS_MS = 315_360_000_000

/**
 * Checks tokens and determines when they expire.
 *
 * @throws OutboxError `invalid_argument`
 */
export function readTokens(
  tokens: OutboxTokens,
  expiresAt: Date | number | undefined,
  maxAgeMs: number,
  fingerprint: (token: string) => string,
): ReadTokens {
  const { accessToken, refreshToken } = membersOf(tokens)
  const addedAt = Date.now()
  const given = timeOf(tokens?.expiresAt ?? expiresAt)
  const secret: Partial<Record<OutboxTokenType, unknown>> = { refresh_token: refreshToken, access_token: accessToken }
  const about: TokenAbout[] = []
  for (const tokenType of TOKEN_TYPES) {
    const token = secret[tokenType]
    if (token === undefined) continue
    if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_LENGTH || !token.isWellFormed()) {
      refuse('invalid_argument', `The ${tokenType} must be a string of 1 to ${MAX_TOKEN_LENGTH} characters.`)
    }
    const expiry = jwtExpiry(token) ?? given ?? addedAt + maxAgeMs
    about.push({ tokenType, fingerprint: fingerprint(token), expiresAt: Math.min(expiry, addedAt + TEN_YEARS_MS) })
  }
  if (about.length === 0) refuse('invalid_argument', 'There is nothing to revoke: pass accessToken or refreshToken.')
  return { about: { addedAt, tokens: about }, secret: secret as EntrySecret }
}

function membersOf(tokens: unknown): ReturnType<typeof readSessionTokens> {
  try {
    return readSessionTokens(tokens)
  } catch (error) {
    refuse('invalid_argument', (error as Error).message)
  }
}

function timeOf(expiresAt: Date | number | undefined): number | undefined {
  if (expiresAt === undefined) return undefined
  const time = Number(expiresAt)
  // The year 1973 in milliseconds, and far in the future in seconds: OAuth counts in seconds.
  if (!(time > 100_000_000_000))
    refuse('invalid_argument', 'expiresAt must be a Date, or milliseconds (not seconds) since the epoch.')
  return time
}
