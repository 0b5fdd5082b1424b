import { afterEach, expect, vi } from 'vitest'
import type { RevocationEntry } from '../entry.ts'
import type { RevocationListEvent } from '../events.ts'
import { followRevocations } from '../follow.ts'
import type { RevocationList } from '../list.ts'
import type { FollowOptions } from '../options.ts'
import type { ReadRequest, RevocationPage, RevocationSource } from '../source.ts'

/** The issuer of all tokens here. */
export const ISS = 'https://id.example.com'
/** The time, in seconds since 1970. */
export const seconds = (): number => Date.now() / 1000
const later = (): number => Math.floor(seconds()) + 3600
/** The claims of a token. */
export const token = (jti: string): { iss: string; jti: string; iat: number } => ({
  iss: ISS,
  jti,
  iat: Math.floor(seconds()),
})
/** The entry of a token. */
export const revoked = (jti: string): RevocationEntry => ({ iss: ISS, jti, until: later() })
/** A source that responds as scripted, and waits if nothing is scripted. */
export const page = (entries: RevocationEntry[] = [], cursor = 'a', more = false): RevocationPage => ({
  ...{ entries, cursor, as_of: seconds(), more },
})

/** A source that responds as scripted, and waits if nothing is scripted. */
export function scripted(
  ...answers: (RevocationPage | Error | (() => unknown))[]
): RevocationSource & { asked: ReadRequest[] } {
  const asked: ReadRequest[] = []
  return {
    asked,
    async read(request) {
      asked.push(request)
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      if (answer === undefined) return new Promise(() => {})
      if (typeof answer === 'function') return answer() as RevocationPage
      return { ...answer, as_of: seconds() }
    },
  }
}

const open: RevocationList[] = []
/** Follows a source until the end of the test, and records the events. */
export const follow = (options: FollowOptions): RevocationList & { events: RevocationListEvent[] } => {
  const events: RevocationListEvent[] = []
  const list = followRevocations({ onEvent: (event) => events.push(event), ...options })
  open.push(list)
  // A list is frozen.
  return Object.create(list, { events: { value: events } })
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((list) => list.close()))
})
/** Waits until a condition holds. */
export const until = (condition: () => unknown): Promise<unknown> =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 20_000, interval: 5 })
