import { OutboxError } from './errors.ts'
import type { EntryAbout } from './tokens.ts'

/**
 * Lane of a logout. `interactive`: a user is waiting for it, such as one who logs out now. `backlog`: everything
 * else, such as the tokens of an incident, and every logout that has been tried before.
 */
export type Lane = 'interactive' | 'backlog'

/** The lowest priority of interactive logouts in pg-boss; the backlog and logouts of earlier versions are below it. */
export const INTERACTIVE = 100
/**
 * Logouts that expire sooner than this go first within their lane, in milliseconds, because later they would have
 * expired.
 */
const SOON_MS = 900_000
/** One start in this many belongs to the backlog, however many interactive logouts there are. */
export const BACKLOG_EVERY = 8

/** The priority of a logout in pg-boss. */
export function priorityOf(lane: Lane, { addedAt, tokens }: EntryAbout): number {
  const isShortLived = tokens.every(({ expiresAt }) => expiresAt < addedAt + SOON_MS)
  return (lane === 'interactive' ? INTERACTIVE : 0) + (isShortLived ? 1 : 0)
}

/** The lane of stored data, which may be anything that someone has written into the database. */
export function laneOf(data: unknown): Lane {
  const lane = (data as Partial<Record<'lane', unknown>> | null | undefined)?.lane
  return lane === 'interactive' ? lane : 'backlog'
}

/** @throws OutboxError `invalid_argument` */
export function checkLane(lane: unknown): Lane {
  if (lane === 'interactive' || lane === 'backlog') return lane
  throw new OutboxError('invalid_argument', 'lane must be interactive or backlog.')
}
