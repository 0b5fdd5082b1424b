import { invalidOption } from '@backend-logout/core'
import { carryOut, type LogoutSummary } from './carry-out.ts'
import { noticeOfNow } from './local-time.ts'
import { checkTargetNames, checkTargets, type LogoutTargets, TARGETS } from './logout-targets.ts'
import type { LogoutNotice } from './notice.ts'

/** User whom {@link logoutEverywhere} logs out. */
export interface LogoutSubject extends Pick<LogoutNotice, 'iss' | 'sub' | 'sid'> {
  /**
   * Sessions that began later, by the provider's clock, stay active. In seconds since 1970.
   * @default now: all sessions that `sessions` finds end, even if the provider's clock is up to a minute ahead of this
   * machine's. The revocation list then refuses what was issued up to now by this machine's clock, or up to the latest
   * access token in these sessions. If the list must also refuse other tokens, pass a time by the provider's clock
   */
  readonly at?: number | undefined
}

/**
 * Logs a user out of all sessions of this application, or out of one with `sid`: after a password change, or for an
 * administrator. It has the effect of the back-channel handler, in this order:
 *
 * 1. The tokens in the sessions go to the outbox.
 * 2. The revocation list gets an entry for the user or the session, and one for each access token in the sessions, which
 *    may not name the user. From then on, services refuse all tokens that were issued before.
 * 3. The sessions end.
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
  checkTargetNames(targets, TARGETS)
  checkTargets(targets)
  const { iss, sub, sid, at } = who ?? {}
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''
  if (!isName(iss)) invalidOption('iss', 'must be the issuer.', 'invalid_argument')
  if (!isName(sub ?? sid) || !isName(sid ?? sub)) invalidOption('sub', 'or sid is required.', 'invalid_argument')
  if (at !== undefined && !(Number.isInteger(at) && at >= 0 && at < 100_000_000_000)) {
    invalidOption('at', 'must be whole seconds since 1970.', 'invalid_argument')
  }
  // A database returns null for an empty column.
  const whose = { iss, ...(sub && { sub }), ...(sid && { sid }) }
  return carryOut(at === undefined ? noticeOfNow(whose) : { ...whose, at }, targets)
}
