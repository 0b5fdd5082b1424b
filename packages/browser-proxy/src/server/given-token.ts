import type { LogoutRequest } from './contract.ts'
import { HttpProblem } from './http-problem.ts'
import type { RevokeTokens, TokensOutcome } from './revoke-tokens.ts'

/**
 * Revokes the token that the page itself holds, where the application keeps no session.
 *
 * @throws HttpProblem when it is no token that can be revoked
 */
export async function revokeGivenToken(
  { token, token_type_hint, id_token_hint }: LogoutRequest,
  redirectUri: string | undefined,
  revokeTokens: RevokeTokens,
): Promise<TokensOutcome> {
  const tokens = token_type_hint === 'refresh_token' ? { refreshToken: token } : { accessToken: token }
  const outcome = await revokeTokens({ ...tokens, idToken: id_token_hint }, redirectUri)
  if (outcome.revocations.some(({ error }) => error?.code === 'invalid_argument')) {
    throw new HttpProblem('malformed_body', 'token is not an access token or refresh token as a provider issues it.')
  }
  return outcome
}
