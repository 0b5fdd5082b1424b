import type { SessionAccess, StoredTokens } from './session-index.ts'

/** A session store of `express-session`, such as `connect-pg-simple`. */
export interface ExpressSessionStore {
  /** Reads a session. */
  get(id: string, callback: (error: unknown, session?: unknown) => void): void
  /** Ends a session. */
  destroy(id: string, callback: (error?: unknown) => void): void
}

/**
 * Reaches the sessions of `express-session`, for a ready {@link SessionIndex}.
 *
 * @param store The store that `express-session` uses.
 * @param tokensOf Returns the tokens in a session.
 * @example
 * ```ts
 * import { createMemorySessionIndex, type ExpressSessionStore, expressSessions } from '@backend-logout/receiver'
 *
 * declare const store: ExpressSessionStore // such as new session.MemoryStore()
 * const sessions = createMemorySessionIndex(
 *   expressSessions(store, (one: { tokens?: { accessToken: string } }) => one.tokens),
 * )
 * ```
 */
export function expressSessions<Session>(
  store: ExpressSessionStore,
  tokensOf?: (session: Session) => StoredTokens | null | undefined,
): SessionAccess {
  const ask = <T>(call: (callback: (error?: unknown, result?: unknown) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      call((error, result) => (error ? reject(error) : resolve(result as T)))
    })
  return {
    end: (id) => ask((callback) => store.destroy(id, callback)),
    ...(tokensOf && {
      tokens: async (id: string) => {
        const session = await ask<Session | null | undefined>((callback) => store.get(id, callback))
        return session ? tokensOf(session) : undefined
      },
    }),
  }
}
