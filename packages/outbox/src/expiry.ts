import { unverifiedClaims } from '@backend-logout/core'

/** Checks if a time, in milliseconds since the epoch, is certainly past. */
export type IsPast = (timeMs: number, databaseNow: Date) => boolean

/** Clocks of different machines differ, and providers are lenient about expiry. */
const LENIENCY_MS = 60_000

/**
 * A clock for the one irreversible decision: to give up on a token because it has expired. A wrong clock must not cause
 * it, so the time is past only if this machine's clock, the database's clock, and the monotonic clock of this process
 * all agree.
 */
export function createPastJudge(
  wallNow: () => number = () => Date.now(),
  evenNow: () => number = () => performance.now(),
): IsPast {
  const startedAt = wallNow() - evenNow()
  return (timeMs, databaseNow) =>
    Math.min(wallNow(), startedAt + evenNow(), databaseNow.getTime()) > timeMs + LENIENCY_MS
}

/** The expiry of a JWT, in milliseconds since the epoch; `undefined` for anything else. */
export function jwtExpiry(token: string): number | undefined {
  const { exp } = unverifiedClaims(token)
  // Some providers use zero for "never".
  return typeof exp === 'number' && Number.isFinite(exp) && exp > 0 ? exp * 1000 : undefined
}
