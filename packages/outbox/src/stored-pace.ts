import { readReason } from './outcome.ts'
import {
  clampRate,
  firstPace,
  MARKS,
  MAX_MARGIN,
  MAX_PAUSE_MS,
  MAX_PAUSES,
  MAX_REGAIN_MS,
  MAX_RETRY_AFTER_MS,
  type Pace,
} from './pace.ts'

/** A clock that has gone back further than this was set back, or belongs to another server, in milliseconds. */
const CLOCK_MS = 5_000
const MAX_PROBE_MS = Math.max(...Object.values(MAX_PAUSE_MS))
/** Limits that no outbox reaches, so that calculations with the numbers of any writer stay finite. */
const MAX_USED_MS = 86_400_000
const MAX_TAKEN = 1_000_000_000

/** The numbers of a pace, without which it is not one. */
const NUMBERS = [
  ...['rate', 'limit', 'usedMs', 'margin', 'regainMs', 'nextAt', 'askedAt', 'since', 'taken'],
  ...['pauses', 'probeMs', 'pausedUntil', 'pausedAt'],
] as const satisfies readonly (keyof Pace)[]

/** Any object that someone has stored. */
type Stored = Readonly<Partial<Record<string, unknown>>>
type StoredPace = Stored & Pick<Pace, (typeof NUMBERS)[number]>

/** Reads a stored pace of any writer: within the limits of `pace.ts`, or the initial one if a number is missing. */
export function paceFrom(value: Stored, now: number): Pace {
  if (!hasNumbers(value)) return firstPace(now)
  const stored = value.askedAt > now + CLOCK_MS ? movedBack(value, now) : value
  const latest = now + MAX_RETRY_AFTER_MS
  return {
    rate: clampRate(stored.rate),
    limit: stored.limit,
    usedMs: Math.min(MAX_USED_MS, stored.usedMs),
    margin: Math.min(MAX_MARGIN, stored.margin),
    regainMs: Math.min(MAX_REGAIN_MS, stored.regainMs),
    nextAt: stored.nextAt > latest ? now : stored.nextAt,
    askedAt: stored.askedAt,
    since: Math.min(now, stored.since),
    taken: Math.min(MAX_TAKEN, stored.taken),
    isFull: stored.isFull === true,
    marks: Array.isArray(stored.marks) ? stored.marks.filter(isMark).slice(-MARKS) : [],
    pauses: Math.min(MAX_PAUSES, stored.pauses),
    probeMs: Math.min(MAX_PROBE_MS, stored.probeMs),
    pausedUntil: stored.pausedUntil > latest ? now : stored.pausedUntil,
    pausedAt: Math.min(now, stored.pausedAt),
    code: readReason(stored).code,
  }
}

function hasNumbers(value: Stored): value is StoredPace {
  return NUMBERS.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0)
}

/** Moves the times to a clock that was set back. The turns are counted from now on. */
function movedBack(stored: StoredPace, now: number): StoredPace {
  const backMs = stored.askedAt - now
  return {
    ...stored,
    ...{ askedAt: now, since: now, taken: 0, marks: [], isFull: false },
    nextAt: stored.nextAt - backMs,
    pausedUntil: stored.pausedUntil - backMs,
    pausedAt: stored.pausedAt - backMs,
  }
}

function isMark(mark: unknown): mark is readonly [number, number] {
  return Array.isArray(mark) && mark.length === 2 && mark.every((value) => Number.isFinite(value))
}
