import { emit, revocationEntryOf, within } from '@backend-logout/core'
import type { ReceiverStep } from './events.ts'
import { forEach } from './for-each.ts'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { refusedUpTo } from './local-time.ts'
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
  return new Logout(notice, targets).run()
}

/** A logout in progress. The order of `run()` loses no token, wherever it stops. */
class Logout {
  readonly #notice: LogoutNotice
  readonly #targets: LogoutTargets
  readonly #readsTokens: boolean
  /** The tokens of each session that are safe. Other sessions must not end, because their tokens would be lost. */
  readonly #secured = new Map<string, string>()
  /** The entries of these tokens for the list. */
  readonly #entries: LogoutEntry[] = []
  /** The time up to which the list is to refuse tokens. */
  #at: number
  /** That time in the entry of the whole logout which the list has. */
  #listedAt = Number.NEGATIVE_INFINITY
  #tokens = 0
  #failure: unknown
  /** The addition of the entry of the whole logout to the list, which begins early after a failure. True on success. */
  #listed: Promise<boolean> | undefined

  constructor(notice: LogoutNotice, targets: LogoutTargets) {
    const { sessions, outbox, revocations } = targets
    this.#notice = notice
    this.#targets = targets
    this.#at = refusedUpTo(notice, undefined, [])
    this.#readsTokens = sessions?.tokens !== undefined && (outbox ?? revocations) !== undefined
  }

  async run(): Promise<LogoutSummary> {
    const failed = (error: unknown): void => this.#fail(error)
    const ids = await this.#find().catch(failed)
    await forEach(ids ?? [], (id) => this.#secure(id).catch(failed))
    const isListed = await this.#listAll()
    if (isListed) await forEach([...this.#secured.keys()], (id) => this.#end(id)).catch(failed)
    if (this.#failure !== undefined) throw this.#failure
    return { sessions: this.#secured.size, tokens: this.#tokens }
  }

  async #find(): Promise<string[]> {
    const { sessions } = this.#targets
    return sessions ? this.#attempt('find', async () => [...(await sessions.find(this.#notice))]) : []
  }

  async #secure(id: string): Promise<void> {
    this.#entries.push(...(await this.#secureTokens(id)))
  }

  async #listAll(): Promise<boolean> {
    // If the early entry could not be added, it is tried again here.
    await this.#listed
    this.#listed = this.#list(this.#entries)
    return this.#listed
  }

  async #end(id: string): Promise<void> {
    // A refresh may have put other tokens into the session since the first look.
    if (!(await this.#list(await this.#secureTokens(id)))) return
    await this.#attempt('end', () => this.#targets.sessions?.end(id))
  }

  /** Puts the tokens of a session into the outbox, and returns their entries for the list. */
  async #secureTokens(id: string): Promise<LogoutEntry[]> {
    const { sessions, outbox } = this.#targets
    if (!this.#readsTokens) {
      this.#secured.set(id, '')
      return []
    }
    const stored = await this.#attempt('tokens', async () => readTokens(await sessions?.tokens?.(id), this.#targets))
    // An application may compute `expiresAt` for each call.
    const found = JSON.stringify([stored.refreshToken, ...stored.accessTokens])
    if (this.#secured.get(id) === found) return []
    this.#at = refusedUpTo(this.#notice, this.#at, stored.accessTokens)
    const pending = tokensToRevoke(stored, this.#targets)
    const count = Number(pending.accessToken !== undefined) + Number(pending.refreshToken !== undefined)
    if (outbox && count > 0) await this.#attempt('outbox', () => outbox.add(pending))
    if (outbox) this.#tokens += count
    this.#secured.set(id, found)
    return stored.accessTokens.flatMap((token) => revocationEntryOf(token) ?? [])
  }

  /**
   * Appends entries to the list, with the entry of the whole logout if it is missing there, or ends before a token that was
   * found. False if that fails: then no session may end whose tokens are among them.
   */
  async #list(entries: readonly LogoutEntry[]): Promise<boolean> {
    const { revocations } = this.#targets
    const at = this.#at
    const missing = at > this.#listedAt ? [entryOf(this.#notice, at, this.#targets), ...entries] : entries
    if (!revocations || missing.length === 0) return true
    try {
      await this.#attempt('revocations', () => revocations.append(missing))
      this.#listedAt = Math.max(this.#listedAt, at)
      return true
    } catch (error) {
      this.#failure ??= error
      return false
    }
  }

  /** Notes the first failure. Services must not wait for the rest of the logout then. */
  #fail(error: unknown): void {
    this.#failure ??= error
    this.#listed ??= this.#list([])
  }

  async #attempt<T>(step: ReceiverStep, run: () => Awaitable<T>): Promise<T> {
    const { storeTimeoutMs = 5_000, onEvent } = this.#targets
    try {
      return await within(storeTimeoutMs, run)
    } catch (error) {
      emit(onEvent, { type: 'failure', step, error })
      throw new IncompleteLogoutError(step, error)
    }
  }
}

/** With a `sid`, only that session: a `sub` in addition only names its user. */
function entryOf(
  { iss, sub, sid }: LogoutNotice,
  at: number,
  { revokedForSeconds = DEFAULT_REVOKED_FOR_S }: LogoutTargets,
): LogoutEntry {
  const times = { at, until: at + revokedForSeconds }
  return sid === undefined ? { iss, sub: sub as string, ...times } : { iss, sid, ...times }
}
