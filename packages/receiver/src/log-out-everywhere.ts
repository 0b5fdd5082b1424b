import {
  emit,
  invalidOption,
  readSessionTokens,
  refuseUnknownOption,
  revocationEntryOf,
  type SessionTokens,
  type TokenRevocationEntry,
  within,
} from '@backend-logout/core'
import type { OnReceiverEvent, ReceiverStep } from './events.ts'
import { forEach } from './for-each.ts'
import type { LogoutNotice } from './notice.ts'
import type { Awaitable } from './replays.ts'
import type { SessionIndex, StoredTokens } from './session-index.ts'

/** Entry of a logout in a revocation list: a token, or everything that was issued to a session or a user until `at`. */
export type LogoutEntry =
  | TokenRevocationEntry
  | { readonly iss: string; readonly sub: string; readonly at: number; readonly until: number }

/** Targets of a logout. At least `sessions` or `revocations` is required. */
export interface LogoutTargets {
  /** The application's sessions. */
  readonly sessions?: SessionIndex | undefined
  /** The list of revoked tokens that services follow: a log of `@backend-logout/revocations`. */
  readonly revocations?:
    | {
        /** Appends rows to the list. They are durable when it resolves. */
        append(entries: readonly LogoutEntry[]): Promise<unknown>
      }
    | undefined
  /** Revokes the tokens in the sessions: `@backend-logout/outbox`. */
  readonly outbox?:
    | {
        /** Adds a logout. It is durable when it resolves. */
        add(tokens: RevocableTokens): Promise<unknown>
      }
    | undefined
  /**
   * Keeps refresh tokens that were issued with the scope `offline_access`, as §2.7 of Back-Channel Logout has it: they
   * are meant to work while the user is logged out. If a session has no scope, its refresh token is kept.
   * @default false
   */
  readonly keepOfflineAccess?: boolean | undefined
  /**
   * Maximum remaining lifetime of anything issued before the logout, in seconds: the maximum lifetime of access tokens
   * and, if the list checks them, of cookie sessions. The entry is kept in the revocation list for this time.
   * @default 2_592_000 (30 days)
   */
  readonly revokedForSeconds?: number | undefined
  /**
   * Time limit for each call of the application's functions and stores, in milliseconds.
   * @default 5_000
   */
  readonly storeTimeoutMs?: number | undefined
  /** Receives events, for logs, metrics and alerts. */
  readonly onEvent?: OnReceiverEvent | undefined
}

/** The tokens of one session that the provider is to revoke. */
export type RevocableTokens = Pick<StoredTokens, 'accessToken' | 'refreshToken' | 'expiresAt'>

/** User whom {@link logoutEverywhere} logs out. */
export interface LogoutSubject extends Pick<LogoutNotice, 'iss' | 'sub' | 'sid'> {
  /**
   * Sessions that began later stay active. In seconds since 1970.
   * @default now
   */
  readonly at?: number | undefined
}

/** The result of {@link logoutEverywhere}. */
export interface LogoutSummary {
  /** Number of sessions that have ended. */
  readonly sessions: number
  /** Number of tokens added to the outbox. */
  readonly tokens: number
}

/** A logout was not completed, because a store of the application failed. Repeating it is harmless. */
export class IncompleteLogoutError extends Error {
  /** The step that failed first. */
  readonly step: ReceiverStep

  /** Creates an error. */
  constructor(step: ReceiverStep, cause: unknown) {
    super(`The logout is not complete, because the step '${step}' failed. Try again.`, { cause })
    this.name = 'IncompleteLogoutError'
    this.step = step
  }
}

/** The names of the targets. */
export const TARGETS: Readonly<Record<keyof LogoutTargets, true>> = {
  sessions: true,
  revocations: true,
  outbox: true,
  keepOfflineAccess: true,
  revokedForSeconds: true,
  storeTimeoutMs: true,
  onEvent: true,
}

const DEFAULT_REVOKED_FOR_S = 2_592_000

/**
 * Logs a user out of all sessions of this application, or out of one with `sid`: after a password change, or for an
 * administrator. It has the effect of the back-channel handler, in this order:
 *
 * 1. The tokens in the sessions go to the outbox. 2. The revocation list gets an entry for the user or the session, and
 * one for each access token in the sessions, which may not name the user. From then on, services refuse all tokens that
 * were issued before. 3. The sessions end.
 *
 * A session whose tokens cannot be kept does not end, so that another attempt finds them; if step 2 fails, no session
 * ends. Neither these nor a session that cannot be ended keep the others from ending. At the first failure, the list gets
 * the entry for the user or the session immediately. Repeating a logout is harmless.
 *
 * @throws LogoutError `invalid_options` or `invalid_argument`
 * @throws IncompleteLogoutError when a step failed
 * @example
 * ```ts
 * import { createMemorySessionIndex, logoutEverywhere } from '@backend-logout/receiver'
 *
 * const store = new Map<string, { accessToken: string }>()
 * const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
 *
 * const { sessions: ended } = await logoutEverywhere({ iss: 'https://id.example.com', sub: 'alice' }, { sessions })
 * ```
 */
export async function logoutEverywhere(who: LogoutSubject, targets: LogoutTargets): Promise<LogoutSummary> {
  checkTargets(targets)
  const { iss, sub, sid, at = Math.floor(Date.now() / 1000) } = who ?? {}
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''
  if (!isName(iss)) invalidOption('iss', 'must be the issuer.', 'invalid_argument')
  if (!isName(sub ?? sid) || !isName(sid ?? sub)) invalidOption('sub', 'or sid is required.', 'invalid_argument')
  if (!(Number.isInteger(at) && at >= 0 && at < 100_000_000_000)) {
    invalidOption('at', 'must be whole seconds since 1970.', 'invalid_argument')
  }
  return carryOut({ iss, at, ...(sub !== undefined && { sub }), ...(sid !== undefined && { sid }) }, targets)
}

/** Implements {@link logoutEverywhere}. */
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

/**
 * Checks the targets of a logout.
 *
 * @param known The names of all options next to these.
 * @throws LogoutError `invalid_options`
 */
export function checkTargets(targets: LogoutTargets, known: object = TARGETS): void {
  if (typeof targets !== 'object' || targets === null) invalidOption('targets', 'must be an object.')
  refuseUnknownOption(targets, known, { list: 'use revocations', store: 'use sessions' })
  const { sessions, revocations, outbox, onEvent, storeTimeoutMs = 5_000 } = targets
  const { revokedForSeconds = DEFAULT_REVOKED_FOR_S } = targets
  if (!sessions && !revocations) invalidOption('sessions', 'or revocations is required: a logout must end something.')
  for (const [name, value, optional] of [
    ['sessions.find', sessions?.find, !sessions],
    ['sessions.end', sessions?.end, !sessions],
    ['sessions.tokens', sessions?.tokens, true],
    ['revocations.append', revocations?.append, !revocations],
    ['outbox.add', outbox?.add, !outbox],
    ['onEvent', onEvent, true],
  ] as const) {
    if (typeof value !== 'function' && !(optional && value === undefined)) invalidOption(name, 'must be a function.')
  }
  if (!(storeTimeoutMs >= 1 && storeTimeoutMs <= 86_400_000)) {
    invalidOption('storeTimeoutMs', 'must be 1 to 86400000 milliseconds.')
  }
  if (!(Number.isInteger(revokedForSeconds) && revokedForSeconds >= 60 && revokedForSeconds <= 315_360_000)) {
    invalidOption('revokedForSeconds', 'must be 60 to 315360000.')
  }
}
