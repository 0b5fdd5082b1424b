import type { components } from './generated/revocation-feed.ts'

/**
 * Names revoked tokens of an issuer: one token (`jti`), or the tokens issued at or before `at` for a session (`sid`),
 * for a subject (`sub`), or by the issuer as a whole. All times are whole seconds since 1970, as in JWTs. `until` is
 * when the last of these tokens has expired; until then, the entry is kept.
 */
export type RevocationEntry = components['schemas']['RevocationEntry']

/** The members of every form of an entry together. */
export interface EntryMembers {
  readonly iss: string
  readonly jti?: string
  readonly sid?: string
  readonly sub?: string
  readonly at?: number
  readonly until: number
}

/** The longest `iss`, in UTF-16 code units. */
export const MAX_ISSUER = 2048
/** The longest `jti`, `sid` and `sub`, in UTF-16 code units. */
export const MAX_NAME = 1024
/** The end of the year 9999, in seconds. Milliseconds are beyond it. */
export const MAX_TIME = 253_402_300_799

const MEMBER = /^(?:iss|jti|sid|sub|at|until)$/

/** Recognizes text that an entry can contain. Postgres has no NUL, and lone surrogates do not survive UTF-8. */
export function isName(value: unknown, maxLength: number = MAX_NAME): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= maxLength &&
    value.isWellFormed() &&
    !value.includes('\0')
  )
}

/** Recognizes a number of seconds since 1970. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIME
}

/** Recognizes an entry. The check is strict, because a misread entry revokes too little or too much. */
export function isEntry(value: unknown): value is RevocationEntry {
  const members = (value ?? {}) as Record<string, unknown>
  for (const member in members) if (!MEMBER.test(member)) return false
  const { iss, jti, sid, sub, at, until } = members
  const names = [jti, sid, sub].filter((name) => name !== undefined)
  return (
    isName(iss, MAX_ISSUER) &&
    names.length <= 1 &&
    names.every((name) => isName(name)) &&
    (jti === undefined ? isWholeTime(at) : at === undefined) &&
    isWholeTime(until)
  )
}

function isWholeTime(value: unknown): boolean {
  return isTime(value) && Number.isInteger(value)
}
