import { emit, revocationEntryOf, within } from '@backend-logout/core'
import type { ReceiverStep } from './events.ts'
import { forEach } from './for-each.ts'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { DEFAULT_REVOKED_FOR_S, type LogoutEntry, type LogoutTargets } from './logout-targets.ts'
import type { LogoutNotice } from './notice.ts'
import type { Awaitable } from './replays.ts'
import { readTokens, tokensToRevoke } from './stored-tokens.ts'

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
  /** The tokens of each session that are safe. Other sessions must not end, because their tokens would be lost. */
  const secured = new Map<string, string>()
  let tokens = 0
  /** Puts the tokens of a session into the outbox, and returns their entries for the list. */
  const secureTokens = async (id: string): Promise<LogoutEntry[]> => {
    const stored = await attempt('tokens', async () => readTokens(await sessions?.tokens?.(id), targets))
    // An application may compute `expiresAt` for each call.
    const found = JSON.stringify([stored.refreshToken, ...stored.accessTokens])
    if (secured.get(id) === found) return []
    const pending = tokensToRevoke(stored, targets)
    const count = Number(pending.accessToken !== undefined) + Number(pending.refreshToken !== undefined)
    if (outbox && count > 0) await attempt('outbox', () => outbox.add(pending))
    if (outbox) tokens += count
    secured.set(id, found)
    return stored.accessTokens.flatMap((token) => revocationEntryOf(token) ?? [])
  }
  const readsTokens = sessions?.tokens !== undefined && (outbox ?? revocations) !== undefined
  const prepare = async (id: string): Promise<void> => {
    if (readsTokens) entries.push(...(await secureTokens(id)))
    else secured.set(id, '')
  }
  const end = async (id: string): Promise<void> => {
    // A refresh may have put other tokens into the session since the first look.
    if (readsTokens && !(await list(await secureTokens(id)))) return
    await attempt('end', () => sessions?.end(id))
  }
  if (sessions) {
    const find = async (): Promise<string[]> => [...(await sessions.find(notice))]
    const ids = await attempt('find', find).catch(failed)
    await forEach(ids ?? [], (id) => prepare(id).catch(failed))
  }
  const isListed = await Promise.all([listed, list(listed ? entries : [whole, ...entries])])
  if (!isListed.includes(false)) await forEach([...secured.keys()], end).catch(failed)
  if (failure !== undefined) throw failure
  return { sessions: secured.size, tokens }
}

/** With a `sid`, only that session: a `sub` in addition only names its user. */
function entryOf(
  { iss, sub, sid, at }: LogoutNotice,
  { revokedForSeconds = DEFAULT_REVOKED_FOR_S }: LogoutTargets,
): LogoutEntry {
  const times = { at, until: at + revokedForSeconds }
  return sid === undefined ? { iss, sub: sub as string, ...times } : { iss, sid, ...times }
}
