import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import type { LogoutNotice } from './notice.ts'
import {
  ends,
  REPORTED_S,
  type RecordedSessions,
  recordOf,
  SESSION_ACCESS,
  SESSION_HINTS,
  type SessionAccess,
  type SessionRecord,
} from './session-index.ts'

/** The number of calls between two searches for expired records. */
const PRUNE_CALLS = 1_000

/**
 * Creates an index of sessions in the memory of this process: for applications of one process, and for tests.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createMemorySessionIndex } from '@backend-logout/receiver'
 *
 * const store = new Map<string, { accessToken: string; refreshToken: string }>()
 * const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
 *
 * // After a login:
 * const claims = { iss: 'https://id.example.com', sub: 'alice', sid: 'session-1', iat: 1795679550 }
 * const isLoggedIn: boolean = await sessions.add('the id of the session', claims)
 * ```
 */
export function createMemorySessionIndex(input: SessionAccess): RecordedSessions {
  if (typeof input !== 'object' || input === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(input, SESSION_ACCESS, SESSION_HINTS)
  const { tokens, end } = input
  if (typeof end !== 'function') invalidOption('end', 'must be a function.')
  if (tokens !== undefined && typeof tokens !== 'function') invalidOption('tokens', 'must be a function.')
  const records = new Map<string, SessionRecord>()
  /** The ids of each user's sessions. */
  const bySubject = new Map<string, Set<string>>()
  const bySession = new Map<string, Set<string>>()
  const reported = new Set<LogoutNotice & { readonly until: number }>()
  let calls = 0

  const nameOf = (iss: string, name: string | undefined): string => JSON.stringify([iss, name])
  const places = ({ iss, sub, sid }: SessionRecord): readonly (readonly [Map<string, Set<string>>, string])[] => [
    [bySubject, nameOf(iss, sub)],
    ...(sid === undefined ? [] : [[bySession, nameOf(iss, sid)] as const]),
  ]
  const forget = (id: string): void => {
    const record = records.get(id)
    if (!record) return
    records.delete(id)
    for (const [index, name] of places(record)) {
      const ids = index.get(name)
      ids?.delete(id)
      if (ids?.size === 0) index.delete(name)
    }
  }
  const prune = (): void => {
    if (++calls % PRUNE_CALLS !== 0) return
    const now = Date.now() / 1000
    for (const { id, until } of records.values()) if (until <= now) forget(id)
    for (const notice of reported) if (notice.until <= now) reported.delete(notice)
  }

  return {
    async add(id, claims, options) {
      prune()
      const record = recordOf(id, claims, options)
      forget(id)
      for (const notice of reported) if (ends(notice, record)) return false
      records.set(id, record)
      for (const [index, name] of places(record)) index.set(name, (index.get(name) ?? new Set()).add(id))
      return true
    },
    async remove(id) {
      forget(id)
    },
    find(notice) {
      prune()
      const { iss, sub, sid, at, localAt = at } = notice
      reported.add({ ...notice, at: localAt, until: Date.now() / 1000 + REPORTED_S })
      const ids = sid === undefined ? bySubject.get(nameOf(iss, sub)) : bySession.get(nameOf(iss, sid))
      return [...(ids ?? [])].filter((id) => ends(notice, records.get(id) as SessionRecord))
    },
    ...(tokens && { tokens: (id: string) => tokens.call(input, id) }),
    async end(id) {
      await end.call(input, id)
      forget(id)
    },
  }
}
