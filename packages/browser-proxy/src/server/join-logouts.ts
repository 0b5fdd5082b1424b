import type { FrontChannelRequest } from './front-channel.ts'
import type { RevokeTokens, TokensOutcome } from './revoke-tokens.ts'
import { createSingleFlight } from './single-flight.ts'

/** A logout that simultaneous requests for one session share. */
export interface SharedLogout extends TokensOutcome {
  /** The headers that make the browser forget the session. */
  readonly headers?: Headers
  /** The ID token of the session, which the logout URL of each request needs. */
  readonly idToken?: string | undefined
}

/** Parts of the logout URL that one request adds to its session. */
export interface UrlRequest {
  readonly idToken: string | undefined
  readonly front: FrontChannelRequest
}

/** A logout of one request. */
export interface JoinedLogout {
  readonly result: SharedLogout
  /** True if another request had begun it. */
  readonly joined: boolean
}

/** Runs a logout, or joins the one with the same key that is already in progress. */
export type JoinLogouts = (
  key: string | undefined,
  asked: UrlRequest,
  run: () => Promise<SharedLogout>,
) => Promise<JoinedLogout>

/** Creates a {@link JoinLogouts}. The tokens are revoked once, but a page gets no URL that another one has asked for. */
export function createJoinLogouts(revokeTokens: RevokeTokens): JoinLogouts {
  const share = createSingleFlight<{ readonly logout: SharedLogout; readonly urlFor: string }>()
  return async (key, { idToken, front }, run) => {
    const own = JSON.stringify([idToken, front])
    const { result, joined } = await share(key, async () => ({ logout: await run(), urlFor: own }))
    const { logout, urlFor } = result
    if (urlFor === own) return { result: logout, joined }
    const { logoutUrl, logoutForm, logoutUrlError, ...ended } = logout
    // Without tokens to revoke, this only builds the URL.
    const { listed, ...url } = await revokeTokens({ idToken: logout.idToken ?? idToken }, front)
    return { result: { ...url, ...ended }, joined }
  }
}
