import type { FailureCode } from './events.ts'
import type { FailureKind } from './outcome.ts'

/** The initial rate, in requests per second. */
const FIRST_RATE = 100
const MIN_RATE = 0.1
const MAX_RATE = 1_000_000
/** The time in which the rate doubles while it is used up and no limit of the provider is known, in milliseconds. */
const DOUBLING_MS = 250
/** The time for which requests are reserved ahead, in milliseconds: long enough to keep queries rare. */
const AHEAD_MS = 400
/**
 * The maximum time that one worker reserves in one call, in milliseconds: others may have a logout to start first.
 */
const SHARE_MS = 100
/** The share by which the rate stays below the limit after a refusal; more if the next refusal comes soon. */
const MIN_MARGIN = 0.015
export const MAX_MARGIN = 0.06
/** A refusal within this time after a pause, in milliseconds, means that the provider admits less than estimated. */
const SOON_MS = 3_000
/** While the limit is a guess, the rate is kept for this time, in milliseconds, and then grows faster and faster. */
const HOLD_MS = 2_000
const SEARCH = 1.02
/** The rate is at the limit again after this many times the pause that a refusal costs. */
const REGAIN = 100
const MIN_REGAIN_MS = 60_000
export const MAX_REGAIN_MS = 3_600_000
/** After an outage of the provider, the rate begins at this share of what it was. */
const AFTER_OUTAGE = 1 / 8
/** The pause when a provider does not specify one, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE_MS: Record<FailureKind, number> = { throttled: 500, refused: 1_000, down: 1_000 }
/**
 * The longest such pause, in milliseconds: a provider that has recovered is called within seconds. A provider that
 * refuses everything also gets a pause, because each refusal uses up an attempt, but a short one, because that provider
 * works.
 */
export const MAX_PAUSE_MS: Record<FailureKind, number> = { throttled: 4_000, refused: 2_000, down: 4_000 }
/**
 * The longest pause that a provider can require, in milliseconds: one wrong header must not stop the queue for days.
 */
export const MAX_RETRY_AFTER_MS = 3_600_000
/** The longest row of pauses that is counted: by then, each is of the maximum length. */
export const MAX_PAUSES = 30
export const MARKS = 16
const MARK_MS = 100

/**
 * State of the provider that the workers of an outbox share, across processes. Requests have their turn at even
 * intervals; workers reserve the next turns, a few at a time, so that all of them together keep one rate.
 *
 * All times are milliseconds on the database's clock.
 */
export interface Pace {
  /** Requests per second. */
  readonly rate: number
  /** The rate that the provider admitted, in requests per second; 0 until it throttles for the first time. */
  readonly limit: number
  /** The time for which the rate was used up since the provider throttled. */
  readonly usedMs: number
  /** The share by which the rate begins below the limit. */
  readonly margin: number
  /** The time in which the rate returns to the limit, in milliseconds; 0 while the limit is a guess. */
  readonly regainMs: number
  /** The first turn that is not reserved. */
  readonly nextAt: number
  readonly askedAt: number
  /** When the provider throttled, or when the rate was not used up last; and the turns reserved since then. */
  readonly since: number
  readonly taken: number
  /** True if `since` is the time when the provider throttled. */
  readonly isFull: boolean
  /** The number of turns taken by certain points in time, the latest last. */
  readonly marks: readonly (readonly [at: number, taken: number])[]
  /** Pauses in a row, with no success between them. */
  readonly pauses: number
  /** The wait after a single request that tests if the provider responds; 0 without such a test. */
  readonly probeMs: number
  readonly pausedUntil: number
  readonly pausedAt: number
  readonly code: FailureCode
}

/** Turns that were reserved for one worker. */
export interface Reservation {
  readonly count: number
  /** Milliseconds until the first one. */
  readonly inMs: number
  /** Milliseconds from one to the next. */
  readonly gapMs: number
  /** Wait before the next attempt without a pause, in milliseconds. */
  readonly againInMs: number
}

/** A failure of the provider. */
export interface ProviderFailure {
  readonly kind: FailureKind
  readonly code: FailureCode
  readonly retryAfterMs?: number | undefined
  /** The time since the request was sent, in milliseconds. */
  readonly sentAgoMs: number
}

/** The initial pace. */
export function firstPace(now: number): Pace {
  return {
    rate: FIRST_RATE,
    limit: 0,
    usedMs: 0,
    margin: MIN_MARGIN,
    regainMs: 0,
    nextAt: now,
    askedAt: now,
    since: now,
    taken: 0,
    isFull: false,
    marks: [],
    pauses: 0,
    probeMs: 0,
    pausedUntil: 0,
    pausedAt: 0,
    code: 'provider_unavailable',
  }
}

/**
 * Reserves turns for a worker.
 *
 * @param wanted the number that it could use
 * @param unused the number of its earlier turns that passed unused
 * @param leadMs the time until the worker gets its turns, in milliseconds
 */
export function reserve(
  pace: Pace,
  now: number,
  { wanted, unused = 0, leadMs = 0 }: { readonly wanted: number; readonly unused?: number; readonly leadMs?: number },
): { pace: Pace; turns: Reservation } {
  const isUsedUp = pace.nextAt >= now - 100 && now >= pace.pausedUntil
  const elapsedMs = isUsedUp ? Math.max(0, Math.min(now - pace.askedAt, DOUBLING_MS)) : 0
  const counted = countedAnew(pace, now)
  const usedMs = pace.usedMs + elapsedMs
  const rate = Math.min(clampRate(pace.rate * 2 ** (elapsedMs / DOUBLING_MS)), ceilingOf({ ...pace, usedMs }))
  const earliest = now + Math.min(leadMs, AHEAD_MS)
  const at = Math.max(pace.nextAt, earliest)
  const asked = { ...counted, usedMs, rate, askedAt: now, taken: Math.max(0, counted.taken - unused) }
  const inMs = at - now
  const aheadMs = at - earliest
  if (aheadMs >= AHEAD_MS || wanted <= 0) {
    return { pace: asked, turns: { count: 0, inMs: 0, gapMs: 0, againInMs: Math.max(1, aheadMs - AHEAD_MS / 2) } }
  }
  if (pace.probeMs > 0) {
    const probing = { ...asked, rate: pace.rate, nextAt: at + pace.probeMs, taken: asked.taken + 1 }
    return { pace: probing, turns: { count: 1, inMs, gapMs: 0, againInMs: inMs + pace.probeMs } }
  }
  const gapMs = 1000 / rate
  // Each worker finds about the same remainder, however many there are.
  const count = Math.max(1, Math.min(wanted, Math.floor(Math.min(SHARE_MS, (AHEAD_MS - aheadMs) / 2) / gapMs)))
  const nextAt = at + count * gapMs
  const taken = asked.taken + count
  const marks = at - (asked.marks.at(-2)?.[0] ?? 0) < MARK_MS ? asked.marks.slice(0, -1) : asked.marks
  const reserved = { ...asked, nextAt, taken, marks: [...marks, [nextAt, taken] as const].slice(-MARKS) }
  return { pace: reserved, turns: { count, inMs, gapMs, againInMs: 0 } }
}

/** The provider revoked a token, or refused only that one, after a pause. */
export function succeeded(pace: Pace, now: number): Pace {
  if (pace.pauses === 0) return pace
  const isOutage = pace.probeMs > 0
  const rate = isOutage ? clampRate(pace.rate * AFTER_OUTAGE) : pace.rate
  return { ...pace, rate, nextAt: isOutage ? now : pace.nextAt, askedAt: now, pauses: 0, probeMs: 0 }
}

/** The provider throttled, or failed several times in a row. */
export function failed(pace: Pace, now: number, failure: ProviderFailure, random: number = Math.random()): Pace {
  const { kind, code, retryAfterMs, sentAgoMs } = failure
  // Requests that were in progress together fail together.
  const isNew = now - sentAgoMs >= pace.pausedAt && now >= pace.pausedUntil
  const pauses = isNew ? Math.min(pace.pauses + 1, MAX_PAUSES) : Math.max(1, pace.pauses)
  const ownMs = Math.min(MAX_PAUSE_MS[kind], FIRST_PAUSE_MS[kind] * 2 ** (pauses - 1)) * (0.75 + random / 4)
  const pauseMs = retryAfterMs === undefined ? ownMs : Math.min(Math.max(retryAfterMs, 50), MAX_RETRY_AFTER_MS)
  if (!isNew && (retryAfterMs === undefined || now + pauseMs <= pace.pausedUntil)) return pace
  const pausedUntil = now + pauseMs
  const probeMs = kind !== 'throttled' || pauses > 1 ? ownMs : pace.probeMs
  const paused = { ...pace, pauses, pausedUntil, nextAt: pausedUntil, probeMs, code }
  if (!isNew) return paused
  const learned = kind === 'throttled' && pace.pauses === 0 ? learn(countedAnew(pace, now), now, pauseMs) : {}
  return { ...paused, pausedAt: now, ...learned, since: now, taken: 0, marks: [], isFull: kind === 'throttled' }
}

/** Another worker, of an earlier version, pauses. */
export function pausedBy(pace: Pace, now: number, ms: number, code: FailureCode): Pace {
  const pausedUntil = now + Math.min(ms, MAX_RETRY_AFTER_MS)
  if (pausedUntil <= pace.pausedUntil + 50) return pace
  return { ...pace, pausedUntil, nextAt: Math.max(pace.nextAt, pausedUntil), code, pauses: Math.max(1, pace.pauses) }
}

/** A rate that was not used up says nothing about the provider's limit: the turns are counted from now on. */
function countedAnew(pace: Pace, now: number): Pace {
  return pace.nextAt < now - 1000 ? { ...pace, since: now, taken: 0, isFull: false, marks: [] } : pace
}

/** Estimates the provider's limit from the requests that it admitted until it refused. */
function learn(pace: Pace, now: number, pauseMs: number): Partial<Pace> {
  // If it counts in windows, that is the number admitted within the last second; if it allows bursts, it is the number
  // from one refusal to the next, including the pause. The limit lies between the two.
  const recent = Math.max(1, takenUntil(pace, now) - takenUntil(pace, now - 1000))
  const lasting = pace.isFull ? (takenUntil(pace, now) * 1000) / Math.max(1000, now - pace.since) : recent
  const isFirst = pace.limit === 0
  if (!isFirst && !pace.isFull && now - pace.since < 1000) {
    // These few turns are no measure: after a break, a single refusal must not slow all workers down for minutes.
    const limit = Math.min(pace.rate, Math.max(recent, pace.limit / 2))
    return { limit, regainMs: 0, usedMs: 0, rate: limit }
  }
  const isSoon = !isFirst && pace.usedMs < SOON_MS
  const wasFound = pace.regainMs > 0
  const most = isSoon ? pace.rate : recent
  const between = Math.sqrt(most * Math.min(lasting, most))
  const estimate = isSoon && !wasFound ? between : most * (isFirst ? 1 : 0.99)
  const margin = isSoon ? Math.min(MAX_MARGIN, pace.margin * 1.3) : Math.max(MIN_MARGIN, pace.margin / 1.3)
  const limit = Math.min(pace.rate, Math.max(MIN_RATE, estimate))
  // The first time, the rate still changed fast: the limit is a guess until it is corrected.
  const isFound = wasFound || !(isFirst || isSoon)
  const regainMs = isFound ? Math.min(MAX_REGAIN_MS, Math.max(MIN_REGAIN_MS, REGAIN * pauseMs)) : 0
  return { limit, margin, regainMs, usedMs: 0, rate: limit * (1 - margin) }
}

/** The number of turns up to a time. */
function takenUntil({ since, taken, marks, nextAt }: Pace, time: number): number {
  let [fromAt, from] = [since, 0]
  for (const [at, count] of [...marks, [Math.max(nextAt, since), taken] as const]) {
    if (time < at) return time <= fromAt ? from : from + ((count - from) * (time - fromAt)) / (at - fromAt)
    ;[fromAt, from] = [at, count]
  }
  return taken
}

/** Approaches the limit slowly, stays near it, and then exceeds it faster and faster. */
function ceilingOf({ limit, margin, usedMs, regainMs }: Pace): number {
  if (limit === 0) return MAX_RATE
  if (regainMs === 0) {
    const seconds = Math.max(0, usedMs - HOLD_MS) / 1000
    return clampRate(limit * (1 - margin) * SEARCH ** (seconds + seconds ** 2 / 6))
  }
  return clampRate(limit * (1 + margin * (usedMs / regainMs - 1) ** 3))
}

/** Keeps a rate within its bounds. */
export function clampRate(rate: number): number {
  return Math.min(MAX_RATE, Math.max(MIN_RATE, rate))
}
