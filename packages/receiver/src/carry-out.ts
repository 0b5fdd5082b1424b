import { emit, readSessionTokens, revocationEntryOf, type SessionTokens, within } from '@backend-logout/core'
import type { ReceiverStep } from './events.ts'
import { forEach } from './for-each.ts'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { DEFAULT_REVOKED_FOR_S, type LogoutEntry, type LogoutTargets, type RevocableTokens } from './logout-targets.ts'
import type { LogoutNotice } from './notice.ts'
import type { Awaitable } from './replays.ts'
import type { StoredTokens } from './session-index.ts'

/** The result of a logout. */
export interface LogoutSummary {
  /** Number of sessions that have ended. */
  readonly sessions: number
  /** Number of tokens added to the outbox. */
  readonly tokens: number
}

/** Carries out a logout, as `logoutEverywhere()` describes. */
export async function carryOut(notice: LogoutNotice, targets: LogoutTargets): Promise<LogoutSummary> {
  const { sessions, revocations, outbox, storeTimeoutMs = 5_000, onEvent } = targets
  const attempt = async <T>(step: ReceiverStep, run: () => Awaitable<T>): Promise<T> => {
    try {
      return await within(storeTimeoutMs, run)
    } catch (error) {
      emit(onEvent, { type: 'failure', step, error })
      throw new IncompleteLogoutError(step, error)
    }
  }

  let failure: unknown
  const list = async (entries: readonly LogoutEntry[]): Promise<boolean> => {
    if (!revocations || entries.length === 0) return true
    try {
      await attempt('revocations', () => revocations.append(entries))
      return true
    } catch (error) {
      failure ??= error
      return false
    }
  }
  const whole = entryOf(notice, targets)
  let listed: Promise<boolean> | undefined
  // Services must not wait for the rest.
  const failed = (error: unknown): void => {
    failure ??= error
    listed ??= list([whole])
  }

  const entries: LogoutEntry[] = []
  /** Sessions whose tokens are safe. The others must not end, because their tokens would be lost. */
  const ready: string[] = []
  let tokens = 0
  const secureTokens = async (id: string): Promise<void> => {
    if (sessions?.tokens && (outbox || revocations)) {
      const stored = await attempt('tokens', async () => readTokens(await sessions.tokens?.(id)))
      entries.push(...stored.accessTokens.flatMap((token) => revocationEntryOf(token) ?? []))
      const pending = tokensToRevoke(stored, targets.keepOfflineAccess === true)
      const count = Number(pending.accessToken !== undefined) + Number(pending.refreshToken !== undefined)
      if (outbox && count > 0) await attempt('outbox', () => outbox.add(pending))
      if (outbox) tokens += count
    }
    ready.push(id)
  }
  if (sessions) {
    const find = async (): Promise<string[]> => [...(await sessions.find(notice))]
    const ids = await attempt('find', find).catch(failed)
    await forEach(ids ?? [], (id) => secureTokens(id).catch(failed))
  }
  const isListed = await Promise.all([listed, list(listed ? entries : [whole, ...entries])])
  if (!isListed.includes(false)) await forEach(ready, (id) => attempt('end', () => sessions?.end(id))).catch(failed)
  if (failure !== undefined) throw failure
  return { sessions: ready.length, tokens }
}

/** With a `sid`, only that session: a `sub` in addition only names its user. */
function entryOf(
  { iss, sub, sid, at }: LogoutNotice,
  { revokedForSeconds = DEFAULT_REVOKED_FOR_S }: LogoutTargets,
): LogoutEntry {
  const times = { at, until: at + revokedForSeconds }
  return sid === undefined ? { iss, sub: sub as string, ...times } : { iss, sid, ...times }
}

/**
 * Copies the application's objects once, so that reading them cannot fail later.
 *
 * @throws LogoutError `invalid_argument` if a token has another name: it would stay active, and the logout would look
 * complete
 */
function readTokens(
  stored: StoredTokens | null | undefined,
): StoredTokens & { readonly accessTokens: readonly string[] } {
  const { accessToken, refreshToken } = readSessionTokens(stored) as SessionTokens
  const { replacedAccessTokens = [], expiresAt, scope } = stored ?? {}
  const accessTokens = [...(accessToken ? [accessToken] : []), ...replacedAccessTokens]
  return { accessToken, refreshToken, expiresAt, scope, accessTokens }
}

function tokensToRevoke(stored: StoredTokens, keepOfflineAccess: boolean): RevocableTokens {
  const { accessToken, refreshToken, expiresAt, scope } = stored
  const isOffline = scope === undefined || scope.split(' ').includes('offline_access')
  const isKept = keepOfflineAccess && isOffline
  return {
    ...(accessToken && { accessToken }),
    ...(refreshToken && !isKept && { refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}
