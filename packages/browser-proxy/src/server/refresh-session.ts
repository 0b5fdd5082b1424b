import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import type { LogoutOutbox } from './options.ts'
import type { Awaitable, StoredTokens } from './session.ts'
import { createSingleFlight } from './single-flight.ts'

/** Options of {@link refreshSession}. */
export interface RefreshSessionOptions<Tokens extends StoredTokens> {
  /**
   * The session's id. Concurrent refreshes of the same session in this process become one, so if several applications share
   * a process, their sessions must have different ids here. A refresh that hangs holds up others for at most 30 seconds.
   */
  readonly id: string
  /** The tokens in the session now; `undefined` if it has ended. */
  readonly read: () => Awaitable<Tokens | null | undefined>
  /** Gets fresh tokens from the provider, and returns the session's new content. */
  readonly refresh: (tokens: Tokens) => Promise<Tokens>
  /**
   * Puts the fresh tokens into the session if it still contains the ones that were read, in one step: compare and set.
   *
   * @returns whether it did; `false` if the session has ended, or contains others
   */
  readonly replace: (expected: Tokens, fresh: Tokens) => Awaitable<boolean>
  /** Revokes the fresh tokens if the session ended during the refresh. */
  readonly outbox: Pick<LogoutOutbox, 'add'>
}

const NAMES: Readonly<Record<keyof RefreshSessionOptions<StoredTokens>, true>> = {
  id: true,
  read: true,
  refresh: true,
  replace: true,
  outbox: true,
}
const HINTS = { write: 'use replace', store: 'use read and replace' }

const flights = createSingleFlight<StoredTokens | undefined>()

/**
 * Refreshes the tokens of a session, so that no token outlives a logout.
 *
 * A refresh in progress when the user logs out returns tokens that the logout did not see: the session is gone, and no
 * one could revoke them. This function stores them only into the session that they were requested for. If that session
 * has ended in the meantime, they go to the outbox, which revokes them, and the result is `undefined`: treat the user
 * as logged out. A logout that finds other tokens in the session, just before it ends, revokes these as well. So no lock is
 * needed, except against a refresh that completes in the instant between that look and the end.
 *
 * @returns the tokens in the session now, or `undefined` if it has ended
 * @throws any error of `refresh`; the session is then unchanged
 * @throws any error of the session store or the outbox; the fresh tokens may then stay active until they expire
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { type LogoutOutbox, refreshSession } from '@backend-logout/browser-proxy/server'
 *
 * interface Tokens { readonly accessToken: string; readonly refreshToken: string }
 * declare const store: Map<string, Tokens>
 * declare const outbox: LogoutOutbox
 * declare function refreshAtProvider(refreshToken: string): Promise<Tokens>
 *
 * const id = 'the id of the session'
 * const tokens = await refreshSession<Tokens>({
 *   id,
 *   read: () => store.get(id),
 *   refresh: ({ refreshToken }) => refreshAtProvider(refreshToken),
 *   replace: (expected, fresh) => store.get(id)?.refreshToken === expected.refreshToken && !!store.set(id, fresh),
 *   outbox,
 * })
 * ```
 */
export async function refreshSession<Tokens extends StoredTokens>(
  options: RefreshSessionOptions<Tokens>,
): Promise<Tokens | undefined> {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(options, NAMES, HINTS)
  const { id, read, refresh, replace, outbox } = options
  if (typeof id !== 'string' || id === '') invalidOption('id', 'must be the id of the session.')
  for (const [name, value] of Object.entries({ read, refresh, replace, 'outbox.add': outbox?.add })) {
    if (typeof value !== 'function') invalidOption(name, 'must be a function.')
  }
  const { result } = await flights(id, async () => {
    const expected = await read()
    if (!expected) return undefined
    const fresh = await refresh(expected)
    if (await replace(expected, fresh)) return fresh
    // Another process may have refreshed the same session. It continues with the tokens of that one; the provider
    // handles a refresh token that was used twice.
    const current = await read()
    if (current) return current
    const { accessToken, refreshToken, expiresAt } = fresh
    await outbox.add({
      ...(accessToken && { accessToken }),
      ...(refreshToken && { refreshToken }),
      ...(expiresAt !== undefined && { expiresAt }),
      revocations: [],
    })
    return undefined
  })
  return result as Tokens | undefined
}
