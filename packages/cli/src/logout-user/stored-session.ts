import { readSessionTokens } from '@backend-logout/node'
import { memberOf } from '../json-member.ts'
import { tokenProblem } from '../outbox/token-problem.ts'

/** The tokens in a stored session. */
export interface StoredSession {
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
export function readStoredSession(content: string, path: string): StoredSession {
  const found: { accessToken?: string; refreshToken?: string } = {}
  let isUnreadable = false
  try {
    const tokens = memberOf(JSON.parse(content), path) || {}
    for (const name of ['accessToken', 'refreshToken'] as const) {
      const token = memberOf(tokens, name)
      if (!token) continue
      if (tokenProblem(token) === undefined) found[name] = token as string
      else isUnreadable = true
    }
    // Tokens under other names would stay active.
    readSessionTokens(tokens)
  } catch {
    isUnreadable = true
  }
  return { ...found, isUnreadable }
}
