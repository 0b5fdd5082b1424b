import { looksLikeIdToken } from '@backend-logout/node'
import type { OutboxTokens } from '@backend-logout/outbox'
import type { Line } from '../input/line-reader.ts'
import { whyNoToken } from '../input/no-token.ts'
import { parseTokenLine } from '../input/token-line.ts'
import { readTokenResponse } from '../input/token-response.ts'
import { tokenProblem } from './token-problem.ts'

/** A parsed line: a logout, or the problem with the line. */
export type SessionLine =
  | { readonly tokens: OutboxTokens; readonly problem?: never }
  | { readonly tokens?: never; readonly problem: string }

/**
 * Reads one line: the response of a token endpoint, with `access_token` and `refresh_token`, or the tokens of a session, with
 * `accessToken` and `refreshToken`; or a single token, as {@link parseTokenLine} accepts it. Blank lines are ignored.
 *
 * @param hint The type of tokens that are listed without one; `undefined` if it is unknown.
 * @param appId The application's id if it is known, to recognize its ID tokens.
 */
export function parseSessionLine(line: Line, hint: string | undefined, appId?: string): SessionLine | undefined {
  const response = line.text && /[_sh]token"/i.test(line.text) ? parseTokenResponse(line.text) : undefined
  if (response) return response
  const parsed = parseTokenLine(line)
  if (!parsed) return undefined
  if (parsed.token === undefined) return { problem: parsed.problem }
  const stated = parsed.hint ?? hint
  if (stated === undefined && appId && looksLikeIdToken(parsed.token, appId)) {
    return {
      problem: 'The token looks like an ID token, which cannot be revoked. If it is not, pass --token-type-hint.',
    }
  }
  const kind = stated ?? 'access_token'
  if (kind === 'refresh_token') return checked({ refreshToken: parsed.token })
  if (kind === 'access_token') return checked({ accessToken: parsed.token })
  return { problem: 'The "token_type_hint" must be access_token or refresh_token.' }
}

function parseTokenResponse(text: string): SessionLine | undefined {
  const found = readTokenResponse(text)
  if (!found || found.problem !== undefined) return found
  return checked(found as OutboxTokens)
}

function checked(tokens: OutboxTokens): SessionLine {
  const [problem] = Object.values(tokens).flatMap((token) => tokenProblem(token) ?? whyNoToken(token) ?? [])
  return problem === undefined ? { tokens } : { problem }
}
