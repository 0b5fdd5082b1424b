import { isLogoutError, type LogoutResult, type Revocation } from '@backend-logout/core'
import type { LogoutStatus } from './contract.ts'
import { emit } from './events.ts'
import type { HandlerSettings, PendingTokens } from './options.ts'
import type { StoredTokens } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import { within } from './time-limit.ts'

/** What became of a session's tokens. */
export interface TokensFate {
  readonly status: LogoutStatus
  readonly revocations: readonly Revocation[]
  readonly logoutUrl: string | undefined
}

/** {@link revokeTokens} of one handler, where logouts with the same tokens that come at the same time become one. */
export type RevokeTokens = (tokens: StoredTokens, redirectUri: string | undefined) => Promise<TokensFate>

/** Creates a {@link RevokeTokens}. */
export function createRevokeTokens(settings: HandlerSettings): RevokeTokens {
  const flights = createSingleFlight<TokensFate>()
  return (tokens, redirectUri) => {
    const { accessToken, refreshToken } = tokens
    const key = accessToken || refreshToken ? JSON.stringify([refreshToken, accessToken]) : undefined
    return flights(key, () => revokeTokens(tokens, redirectUri, settings))
  }
}

/** Nothing was there to be revoked. */
export const NO_TOKENS: TokensFate = { status: 'logged_out', revocations: [], logoutUrl: undefined }

/**
 * Revokes a session's tokens within `revokeTimeoutMs`, and hands those that are left to the outbox. It never rejects.
 *
 * While it runs, the tokens are still in the session, and what is left is in the outbox before it resolves: whoever
 * clears the session only then loses no token, not even when the process dies in between.
 */
async function revokeTokens(
  tokens: StoredTokens,
  redirectUri: string | undefined,
  settings: HandlerSettings,
): Promise<TokensFate> {
  const { accessToken, refreshToken, idToken } = tokens
  if (!accessToken && !refreshToken && !idToken) return NO_TOKENS
  const result = await tryRevocation(tokens, redirectUri, settings)
  const revocations = result?.tokens ?? []
  const logoutUrl = result?.logoutUrl?.href
  const left = result ? revocations.filter(({ revoked }) => !revoked) : UNKNOWN
  if (!left.length) return { status: 'logged_out', revocations, logoutUrl }
  const retriable = left.filter((revocation) => !isHopeless(revocation)).map(({ tokenType }) => tokenType)
  const pending: PendingTokens = {
    ...(refreshToken && retriable.includes('refresh_token') && { refreshToken }),
    ...(accessToken && retriable.includes('access_token') && { accessToken }),
    ...(tokens.expiresAt !== undefined && { expiresAt: tokens.expiresAt }),
  }
  const queued = (pending.refreshToken || pending.accessToken) && (await queue(pending, settings))
  return { status: queued && retriable.length === left.length ? 'queued' : 'local_only', revocations, logoutUrl }
}

/** What is left where the provider's client could not say. */
const UNKNOWN: readonly Pick<Revocation, 'tokenType' | 'state' | 'error'>[] = [
  { tokenType: 'refresh_token', state: 'unknown' },
  { tokenType: 'access_token', state: 'unknown' },
]

/** Whether a retry cannot help: the provider never revokes this kind of token, or the value cannot be a token. */
function isHopeless({ state, error }: Pick<Revocation, 'state' | 'error'>): boolean {
  return state === 'unsupported' || error?.code === 'invalid_argument'
}

async function tryRevocation(
  { accessToken, refreshToken, idToken }: StoredTokens,
  redirectUri: string | undefined,
  { client, revokeTimeoutMs, onEvent }: HandlerSettings,
): Promise<LogoutResult | undefined> {
  const call = (hint: { idToken?: string; redirectUri?: string }): Promise<LogoutResult> =>
    within(revokeTimeoutMs, () => {
      const { redirectUri, ...idToken } = hint
      const session = { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }), ...idToken }
      // A little less, so that the client can report on each token before the time is up.
      return client.logout(session, {
        deadlineMs: Math.max(1, revokeTimeoutMs * 0.95),
        ...(redirectUri && { redirectUri }),
      })
    })
  const hint = { ...(idToken && { idToken }), ...(idToken && redirectUri && { redirectUri }) }
  try {
    return await call(hint)
  } catch (error) {
    emit(onEvent, { type: 'failure', step: 'revoke', error })
    // Nothing was sent. An unusable ID token costs the logout URL, but not the logout.
    const blame = isLogoutError(error) && error.code === 'invalid_argument' && idToken && (accessToken || refreshToken)
    if (!blame) return undefined
  }
  return call({}).catch((error: unknown) => {
    emit(onEvent, { type: 'failure', step: 'revoke', error })
    return undefined
  })
}

async function queue(pending: PendingTokens, { outbox, storeTimeoutMs, onEvent }: HandlerSettings): Promise<boolean> {
  if (!outbox) return false
  try {
    await within(storeTimeoutMs, () => outbox.add(pending))
    return true
  } catch (error) {
    emit(onEvent, { type: 'failure', step: 'queue', error })
    return false
  }
}
