import { invalidOption } from '@backend-logout/core'

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Remembers processed logout tokens until they expire. */
export interface ReplayStore {
  /** True if a token was processed. */
  has(key: string): Awaitable<boolean>
  /**
   * Remembers a processed token.
   *
   * @param expiresAt Its expiry, in seconds since 1970.
   */
  add(key: string, expiresAt: number): Awaitable<unknown>
}

/**
 * The maximum number of tokens that are remembered; the oldest are forgotten first. Delivering one of them again is
 * harmless.
 */
const MAX_ENTRIES = 100_000

/**
 * Creates a {@link ReplayStore} in the memory of this process, which is the default.
 *
 * @param maxEntries The maximum number of tokens that are remembered, 1 or more.
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createLogoutTokenVerifier, createReplayMemory } from '@backend-logout/receiver'
 *
 * const replays = createReplayMemory(1_000_000)
 * const issuers = [{ issuer: 'https://id.example.com', clientId: 'app' }]
 * export const verifier = createLogoutTokenVerifier({ issuers, replays })
 * ```
 */
export function createReplayMemory(maxEntries: number = MAX_ENTRIES): ReplayStore {
  // As NaN, which an unset variable becomes, it would not limit the memory.
  if (!(typeof maxEntries === 'number' && maxEntries >= 1)) invalidOption('maxEntries', 'must be 1 or more.')
  const seen = new Map<string, number>()
  const prune = (): void => {
    const now = Date.now() / 1000
    for (const [key, expiresAt] of seen) if (expiresAt <= now) seen.delete(key)
    for (const key of seen.keys()) {
      if (seen.size < maxEntries * 0.9) break
      seen.delete(key)
    }
  }
  return {
    has: (key) => (seen.get(key) ?? 0) > Date.now() / 1000,
    add(key, expiresAt) {
      seen.set(key, expiresAt)
      if (seen.size > maxEntries) prune()
    },
  }
}
