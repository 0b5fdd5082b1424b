import { createHash } from 'node:crypto'
import type { SessionTokens } from '@backend-logout/core'
import { OutboxError } from './errors.ts'
import { jwtExpiry } from './expiry.ts'
import { type Keyring, readAbout } from './keyring.ts'

/** The tokens of one session. An ID token may be among them; it cannot be revoked and is not kept. */
export interface OutboxTokens extends SessionTokens {
  /** The same as in {@link AddOptions}; this one goes first. */
  readonly expiresAt?: Date | number | undefined
}

/** A kind of token, in the words of RFC 7009. */
export type OutboxTokenType = 'refresh_token' | 'access_token'

/** In the order in which they are revoked. */
const TOKEN_TYPES: readonly OutboxTokenType[] = ['refresh_token', 'access_token']

/** What may be known of a token without its key. */
export interface TokenAbout {
  readonly tokenType: OutboxTokenType
  readonly fingerprint: string
  /** When it is dead by itself, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What may be known of a logout without its key. */
export interface EntryAbout {
  /** In milliseconds since the epoch. */
  readonly addedAt: number
  readonly tokens: readonly TokenAbout[]
}

/** The tokens themselves. */
export type EntrySecret = { readonly [T in OutboxTokenType]?: string | undefined }

/** What is in a job of the queue: nothing readable but what is in {@link EntryAbout}. */
export interface JobData {
  readonly jwe: string
}

/** Tokens that were checked. */
export interface ReadTokens {
  readonly about: EntryAbout
  readonly secret: EntrySecret
}

const MAX_TOKEN_LENGTH = 65_536
const TEN_YEARS_MS = 315_360_000_000

/**
 * Checks tokens and works out what there is to know about them.
 *
 * @throws OutboxError `invalid_argument`
 */
export function readTokens(tokens: OutboxTokens, expiresAt: Date | number | undefined, maxAgeMs: number): ReadTokens {
  if (typeof tokens !== 'object' || tokens === null) refuse('tokens must be an object.')
  const addedAt = Date.now()
  const given = timeOf(tokens.expiresAt ?? expiresAt)
  const secret = { refresh_token: tokens.refreshToken ?? undefined, access_token: tokens.accessToken ?? undefined }
  const about: TokenAbout[] = []
  for (const tokenType of TOKEN_TYPES) {
    const token = secret[tokenType]
    if (token === undefined) continue
    if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_LENGTH || !token.isWellFormed()) {
      refuse(`The ${tokenType} must be a string of 1 to ${MAX_TOKEN_LENGTH} characters.`)
    }
    const expiry = jwtExpiry(token) ?? given ?? addedAt + maxAgeMs
    about.push({ tokenType, fingerprint: fingerprint(token), expiresAt: Math.min(expiry, addedAt + TEN_YEARS_MS) })
  }
  if (about.length === 0) refuse('There is nothing to revoke: pass accessToken or refreshToken.')
  return { about: { addedAt, tokens: about }, secret }
}

/** Makes what goes into the queue; with only some of the tokens, where the others are done. */
export function sealEntry(keyring: Keyring, about: EntryAbout, secret: EntrySecret): JobData {
  const kept = Object.fromEntries(about.tokens.map(({ tokenType }) => [tokenType, secret[tokenType]]))
  const tokens = about.tokens.map(({ tokenType, fingerprint, expiresAt }) => [tokenType, fingerprint, expiresAt])
  return { jwe: keyring.seal(kept, { at: about.addedAt, tokens }) }
}

/** Reads what is readable of a job; `undefined` where it is none of ours. */
export function readEntry(data: unknown): EntryAbout | undefined {
  return entryOf(readAbout((data as Partial<JobData> | null)?.jwe))
}

/** Understands what is readable of something sealed. */
export function entryOf({ at, tokens }: Readonly<Record<string, unknown>> = {}): EntryAbout | undefined {
  // Without its key nothing vouches for it: a list of anything else must not stop who reads it.
  if (typeof at !== 'number' || !Array.isArray(tokens) || !tokens.every(Array.isArray)) return undefined
  return {
    addedAt: at,
    tokens: tokens.map(([tokenType, fingerprint, expiresAt]) => ({ tokenType, fingerprint, expiresAt })),
  }
}

/** As `fingerprintToken` of `@backend-logout/core`, but at once. */
function fingerprint(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
}

function timeOf(expiresAt: Date | number | undefined): number | undefined {
  if (expiresAt === undefined) return undefined
  const time = Number(expiresAt)
  // The year 1973 in milliseconds, and far in the future in seconds: OAuth counts in seconds.
  if (!(time > 100_000_000_000)) refuse('expiresAt must be a Date, or milliseconds (not seconds) since the epoch.')
  return time
}

function refuse(message: string): never {
  throw new OutboxError('invalid_argument', message)
}
