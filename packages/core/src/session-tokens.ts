import { invalidOption } from './invalid-option.ts'
import { isBlank } from './token.ts'

/** The tokens of one session. Omit those that the application does not have. */
export interface SessionTokens {
  /** Revoked last. */
  readonly accessToken?: string | undefined
  /** Revoked first. With rotation, the latest one. */
  readonly refreshToken?: string | undefined
  /** Not revoked, because ID tokens cannot be; it becomes part of the logout URL. */
  readonly idToken?: string | undefined
}

const NAMES = ['accessToken', 'refreshToken', 'idToken'] as const
type Name = (typeof NAMES)[number]

/** A name without its case and separators, which differ in a token response (RFC 6749 §5.1) and in other languages. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '')
const BY_PLAIN_NAME: ReadonlyMap<string, Name> = new Map(NAMES.map((name) => [plain(name), name]))

/**
 * Reads the tokens of a session that an application passes or stores, for packages that take them. An empty or blank
 * value counts as missing: sessions expire, and users click twice. The values are not checked otherwise.
 *
 * @param given An object with the members of {@link SessionTokens}, or nothing.
 * @throws LogoutError `invalid_argument` if it is not an object, or if tokens are elsewhere in it, under names such as
 * `access_token` or in an object `tokens`: they would stay active unnoticed
 * @example
 * ```ts
 * import { readSessionTokens } from '@backend-logout/core'
 *
 * console.log(readSessionTokens({ accessToken: 'an-access-token', idToken: '' })) // { accessToken: 'an-access-token' }
 * ```
 */
export function readSessionTokens(given: unknown): { readonly [N in Name]?: unknown } {
  if (typeof (given ?? {}) !== 'object' || Array.isArray(given)) {
    invalidOption('tokens', 'must be an object.', 'invalid_argument')
  }
  const members = (given ?? {}) as Readonly<Record<string, unknown>>
  const present = NAMES.filter((name) => isFilled(members[name]))
  const mistaken = misnamed(members, present)
  if (mistaken !== undefined) {
    const name = BY_PLAIN_NAME.get(plain(mistaken))
    invalidOption(mistaken, `is not the name of a token here: pass it as ${name}.`, 'invalid_argument')
  }
  const { tokens } = members
  if (present.length === 0 && isFilled(tokens) && misnamed(Object(tokens), []) !== undefined) {
    invalidOption('tokens', 'are in an object of this name: pass that object.', 'invalid_argument')
  }
  return Object.fromEntries(present.map((name) => [name, members[name]]))
}

/** The first member that is a token by its name, but none of these. */
function misnamed(members: Readonly<Record<string, unknown>>, present: readonly Name[]): string | undefined {
  return Object.keys(members).find((member) => {
    if (present.includes(member as Name)) return false
    const name = BY_PLAIN_NAME.get(plain(member))
    return name !== undefined && !present.includes(name) && isFilled(members[member])
  })
}

function isFilled(token: unknown): boolean {
  return token !== undefined && token !== null && !(typeof token === 'string' && isBlank(token))
}
