import { type EntryMembers, isEntry, isName, MAX_ISSUER, MAX_NAME, MAX_TIME, type RevocationEntry } from '../entry.ts'
import { RevocationError } from '../errors.ts'

const MEMBERS: readonly (keyof EntryMembers)[] = ['iss', 'jti', 'sid', 'sub', 'at', 'until']

/**
 * Reads and copies the entry that the application appends.
 *
 * @throws RevocationError `invalid_argument`, with a message that names the member and not its value
 */
export function readEntries(given: RevocationEntry | Iterable<RevocationEntry>): RevocationEntry[] {
  const list = typeof given === 'object' && given !== null && Symbol.iterator in given ? [...given] : [given]
  return list.map((one, index) => {
    const entry = copyOf(one)
    if (!isEntry(entry) || isForgotten(entry)) {
      throw new RevocationError('invalid_argument', `Entry ${index + 1}: ${faultOf(entry)}`)
    }
    return entry
  })
}

/** Copies an entry, with members that it inherits: the accessors of a class are not its own. */
function copyOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  const copy: Record<string, unknown> = { ...given }
  for (const name of MEMBERS) if (name in given) copy[name] = (given as Record<string, unknown>)[name]
  return copy
}

/**
 * True if jti, sid or sub is there and has no value. Without them, the entry revokes all tokens of the issuer, and a user
 * without an id must not log out everyone.
 */
function isForgotten(entry: Partial<EntryMembers>): boolean {
  const { jti, sid, sub } = entry
  return (jti ?? sid ?? sub) === undefined && ['jti', 'sid', 'sub'].some((name) => name in entry)
}

/** Reason why a value is not an entry, for people. */
function faultOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'it must be an object.'
  const { iss, jti, sid, sub, at, until, ...rest }: Partial<EntryMembers> = value
  const names = [jti, sid, sub].filter((name) => name !== undefined)
  if (Object.keys(rest).length > 0) return 'it has an unknown member; it may be misspelled.'
  if (!isName(iss, MAX_ISSUER)) return `iss must be a string of 1 to ${MAX_ISSUER} characters.`
  if (!names.every((name) => isName(name))) return `jti, sid and sub must be strings of 1 to ${MAX_NAME} characters.`
  if (names.length > 1) return 'it must have only one of jti, sid and sub.'
  if (jti !== undefined && at !== undefined) return 'at cannot be combined with jti.'
  if (jti === undefined && !isSeconds(at)) return 'at must be whole seconds since 1970.'
  if (!isSeconds(until)) return 'until must be whole seconds since 1970.'
  return isForgotten(value)
    ? 'jti, sid and sub must not be undefined; leave them out to revoke all tokens of the issuer.'
    : 'it cannot be read.'
}

function isSeconds(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME
}
