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

/** A name of a token, also as in a token response (RFC 6749 §5.1) or in other languages. */
const NAME = /^(access|refresh|id)[_-]?token$/i

/**
 * Reads the tokens of a session that an application passes or stores, for packages that take them. An empty or blank
 * value counts as missing: sessions expire, and users click twice. The values are not checked otherwise.
 *
 * @param given An object with the members of {@link SessionTokens}, or nothing.
 * @throws LogoutError `invalid_argument` if it is not such an object but a promise, a list, a `Map` or the like, or if
 * tokens are elsewhere in it, under names such as `access_token` or in an object `tokens`: they would stay active
 * unnoticed
 * @example
 * ```ts
 * import { readSessionTokens } from '@backend-logout/core'
 *
 * console.log(readSessionTokens({ accessToken: 'an-access-token', idToken: '' })) // { accessToken: 'an-access-token' }
 * ```
 */
export function readSessionTokens(given: unknown): { readonly [N in keyof SessionTokens]?: unknown } {
  const members: Readonly<Record<string, unknown>> = Object(given ?? {})
  const tokens = Object.fromEntries(
    NAMES.filter((name) => isFilled(members[name])).map((name) => [name, members[name]]),
  )
  const isEmpty = !Object.keys(tokens)[0]
  if (isEmpty && typeof members.then === 'function') refuse('tokens', 'is a promise: await it.')
  // A list, a `Map` or `FormData` has its entries elsewhere, and would count as an expired session.
  if (typeof (given ?? {}) !== 'object' || (isEmpty && Symbol.iterator in members)) {
    refuse('tokens', 'must be a plain object.')
  }
  const misnamed = misnamedIn(members, tokens)
  if (misnamed) refuse(misnamed, `is not the name of a token here: pass it as ${properName(misnamed)}.`)
  const inside = members.tokens
  if (isEmpty && inside && misnamedIn(Object(inside), tokens)) {
    refuse('tokens', 'are in an object of this name: pass that object.')
  }
  return tokens
}

/** The first member that is a token by its name, but none of these. */
function misnamedIn(members: Readonly<Record<string, unknown>>, tokens: object): string | undefined {
  return Object.keys(members).find(
    (member) => NAME.test(member) && !(properName(member) in tokens) && isFilled(members[member]),
  )
}

function properName(name: string): string {
  return name.replace(NAME, (_, kind: string) => `${kind.toLowerCase()}Token`)
}

function isFilled(token: unknown): boolean {
  return token !== undefined && token !== null && !(typeof token === 'string' && isBlank(token))
}

function refuse(name: string, reason: string): never {
  return invalidOption(name, reason, 'invalid_argument')
}
