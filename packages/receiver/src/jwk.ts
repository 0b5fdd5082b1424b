import type { JWK } from 'jose'

/** The members of a JSON Web Key that are read: its material, public and private, and its purpose. */
const MEMBERS = [
  ...['kty', 'kid', 'alg', 'use', 'key_ops'],
  ...['n', 'e', 'crv', 'x', 'y'],
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'],
] as const

/**
 * Copies a JSON Web Key, whatever it is. Members that are `null` or empty count as missing, because some serializers write
 * them for what a key does not have. The members of the copy are not checked.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 §4}
 */
export function copyJwk(value: unknown): JWK {
  const given = Object(value) as Record<string, unknown>
  const members = MEMBERS.map((name) => [name, given[name]] as const)
  return Object.fromEntries(members.filter(([, member]) => !isMissing(member)))
}

function isMissing(member: unknown): boolean {
  return member === undefined || member === null || member === '' || (Array.isArray(member) && member.length === 0)
}
