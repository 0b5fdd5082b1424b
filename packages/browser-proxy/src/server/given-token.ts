import { looksLikeIdToken } from '@backend-logout/core'
import type { LogoutRequest } from './contract.ts'
import type { FrontChannelRequest } from './front-channel.ts'
import { HttpProblem } from './http-problem.ts'
import type { RevokeTokens, TokensOutcome } from './revoke-tokens.ts'

/**
 * Revokes the token that the page holds, if the application keeps no session.
 *
 * @throws HttpProblem when it is not a token that can be revoked
 */
export async function revokeGivenToken(
  { token, token_type_hint, id_token_hint }: LogoutRequest,
  front: FrontChannelRequest,
  revokeTokens: RevokeTokens,
  appId: string | undefined,
): Promise<TokensOutcome> {
  // The client trusts a stated type; here none is stated.
  const isMistaken = token_type_hint === undefined && appId !== undefined && looksLikeIdToken(String(token), appId)
  if (isMistaken) throw new HttpProblem('malformed_body', 'token is an ID token, which cannot be revoked.')
  const tokens = token_type_hint === 'refresh_token' ? { refreshToken: token } : { accessToken: token }
  const outcome = await revokeTokens({ ...tokens, idToken: id_token_hint }, front)
  if (outcome.revocations.some(({ error }) => error?.code === 'invalid_argument')) {
    throw new HttpProblem('malformed_body', 'token is not a valid access token or refresh token.')
  }
  return outcome
}
