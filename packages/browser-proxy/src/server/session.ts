import type { SessionTokens } from '@backend-logout/core'

/** The tokens in a session. */
export interface StoredTokens extends SessionTokens {
  /**
   * When the last of the tokens expires, if known: the refresh token, not the access token. The outbox stops trying
   * then. Milliseconds since 1970, or a date.
   */
  readonly expiresAt?: number | Date | undefined
  /**
   * The access tokens that refreshes of this session have replaced and that have not expired yet. They are put on the
   * list of `revocations`, so that a token from before a refresh ends with the session; at most 100 of them.
   */
  readonly replacedAccessTokens?: readonly string[] | undefined
}

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/**
 * Access to the application's session. Each of these functions has `storeTimeoutMs` to finish.
 *
 * The body of the request has already been read; everything else is available.
 *
 * @see {@link cookieSession} for sessions that a cookie names
 */
export interface LogoutSession {
  /**
   * Identifies the session, such as its id. Concurrent logouts with the same id become one, and the first one's
   * `return_to` applies to all. Without it, and on Cloudflare Workers, where a request cannot wait for another one,
   * each is handled separately. That only costs requests: revoking a token twice is harmless.
   */
  id?(request: Request): Awaitable<string | undefined>
  /**
   * The session's tokens; `undefined` if there is no session, which is reported as `no_session`. It is called again for
   * a repeated logout.
   */
  read(request: Request): Awaitable<StoredTokens | null | undefined>
  /**
   * Ends the session: deletes it from the store, and returns the headers that make the browser forget it. It is always
   * called, even without a session.
   */
  clear(request: Request): Awaitable<HeadersInit | null | undefined>
  /**
   * Runs the logout under the lock that the application also holds while it refreshes the session's tokens. So a
   * refresh in progress finishes first, and its new tokens are revoked; a later one finds no session. The lock is held
   * for at most `2 × storeTimeoutMs + revokeTimeoutMs`, with an outbox `3 × storeTimeoutMs + revokeTimeoutMs`.
   */
  lock?<T>(request: Request, run: () => Promise<T>): Promise<T>
}
