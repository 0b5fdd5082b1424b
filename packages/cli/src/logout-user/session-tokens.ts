import { memberOf } from '../json-member.ts'
import { tokenProblem } from '../outbox/token-problem.ts'

/** The tokens in a session. */
export interface SessionTokens {
  readonly accessToken?: string
  readonly refreshToken?: string
  /** True if there may be other tokens in it, which cannot be read. */
  readonly isUnreadable: boolean
}

/**
 * Reads the tokens of a session, whose content may be anything. It never throws: the other sessions must end as well.
 *
 * @param content The session as JSON.
 * @param path The member that holds `accessToken` and `refreshToken`.
 */
export function readSessionTokens(content: string, path: string): SessionTokens {
  let tokens: unknown
  try {
    tokens = memberOf(JSON.parse(content), path) || {}
  } catch {
    return { isUnreadable: true }
  }
  const found: { accessToken?: string; refreshToken?: string } = {}
  let isUnreadable = typeof tokens !== 'object'
  for (const name of ['accessToken', 'refreshToken'] as const) {
    const token = memberOf(tokens, name)
    if (!token) continue
    if (tokenProblem(token) === undefined) found[name] = token as string
    else isUnreadable = true
  }
  return { ...found, isUnreadable }
}
