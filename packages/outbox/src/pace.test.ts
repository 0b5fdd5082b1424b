import { describe, expect, test } from 'vitest'
import { failed, firstPace, type Pace, pausedBy, reserve, succeeded } from './pace.ts'

/** A provider's response to a request at a time: nothing if it admits the request, or the time to wait. */
type Provider = (now: number) => { readonly retryAfterMs?: number; readonly isDown?: boolean } | undefined

/** Admits this number in each second of its clock. */
function windows(perSecond: number, says: 'whole seconds' | 'nothing' = 'whole seconds'): Provider {
  let [current, admitted] = [-1, 0]
  return (now) => {
    const second = Math.floor((now + 370) / 1000)
    if (second !== current) admitted = 0
    current = second
    if (admitted++ < perSecond) return undefined
    return says === 'nothing' ? {} : { retryAfterMs: 1000 }
  }
}

/** Admits this number in any second. */
function slidingWindow(perSecond: number): Provider {
  const admitted: number[] = []
  return (now) => {
    while ((admitted[0] ?? now) <= now - 1000) admitted.shift()
    if (admitted.length >= perSecond) return { retryAfterMs: 1000 }
    admitted.push(now)
    return undefined
  }
}

/** Admits this number per second, and at first, or after a pause, as many as it saved up. */
function bucket(perSecond: number, capacity: number): Provider {
  let [level, at] = [capacity, 0]
  return (now) => {
    level = Math.min(capacity, level + ((now - at) * perSecond) / 1000)
    at = now
    if (level < 1) return {}
    level--
    return undefined
  }
}

interface World {
  readonly provider: Provider
  readonly seconds: number
  readonly latencyMs?: number
  /** The number of workers at a time. */
  readonly workers: (second: number) => number
  /** The records of earlier workers. */
  readonly before?: Pace
}

/** Workers that share one pace, in a world where time is only counted. Their timers are sometimes late. */
function simulate({ provider, seconds, latencyMs = 6, workers, before = firstPace(0) }: World) {
  let pace = before
  let seed = 7
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const turns = new Map<number, number[]>()
  const askAt = new Map<number, number>()
  const due = new Map<number, (() => void)[]>()
  const at = (time: number, what: () => void): void => {
    const whole = Math.ceil(time)
    due.set(whole, [...(due.get(whole) ?? []), what])
  }
  const admitted = new Array<number>(seconds).fill(0)
  let refused = 0
  for (let now = 0; now < seconds * 1000; now++) {
    for (const what of due.get(now) ?? []) what()
    due.delete(now)
    const count = workers(Math.floor(now / 1000))
    for (let worker = 0; worker < count; worker++) {
      const own = turns.get(worker) ?? []
      turns.set(worker, own)
      while ((own[0] ?? Number.POSITIVE_INFINITY) <= now) {
        own.shift()
        const sentAt = now + Math.floor(random() * 4)
        at(sentAt + latencyMs / 2, () => {
          const answer = provider(now)
          if (!answer) admitted[Math.floor(now / 1000)] = (admitted[Math.floor(now / 1000)] ?? 0) + 1
          else refused++
          at(sentAt + latencyMs, () => {
            if (!answer && pace.pauses > 0 && now >= pace.pausedUntil) pace = succeeded(pace, now)
            if (!answer) return
            const kind = answer.isDown ? ('down' as const) : ('throttled' as const)
            const failure = { kind, code: 'rate_limited' as const, sentAgoMs: latencyMs, ...answer }
            pace = failed(pace, now, failure, random())
            own.length = 0
          })
        })
      }
      if ((own.at(-1) ?? 0) > now + 150 || (askAt.get(worker) ?? 0) > now) continue
      const answer = reserve(pace, now, { wanted: 10_000 })
      pace = answer.pace
      const { count: granted, inMs, gapMs, againInMs } = answer.turns
      for (let turn = 0; turn < granted; turn++) own.push(now + inMs + turn * gapMs)
      askAt.set(worker, now + Math.max(2, granted > 0 ? 0 : againInMs + random() * 20))
    }
    for (const worker of turns.keys()) if (worker >= count) turns.delete(worker)
  }
  return { admitted, refused, pace }
}
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const steady = (count: number) => (): number => count

const providers: [string, () => Provider][] = [
  ['windows of a second', () => windows(200)],
  ['windows of a second, without Retry-After', () => windows(200, 'nothing')],
  ['a sliding window', () => slidingWindow(200)],
  ['a bucket', () => bucket(200, 200)],
  ['a small bucket', () => bucket(200, 20)],
]
describe.each(providers)('a provider that counts in %s', (_, provider) => {
  test.each([1, 4, 16])('is used up to its limit by %i workers, with almost no refusals', (workers) => {
    const { admitted, refused } = simulate({ provider: provider(), seconds: 120, workers: steady(workers) })
    expect(refused / (sum(admitted) + refused)).toBeLessThan(0.01)
    expect(sum(admitted) / (120 * 200)).toBeGreaterThan(0.93)
    expect(sum(admitted.slice(20)) / (100 * 200)).toBeGreaterThan(0.97)
  })

  test('is used as well while workers join and leave', () => {
    const workers = (second: number): number => [4, 3, 8, 1, 16, 5][Math.floor(second / 10) % 6] ?? 4
    const { admitted, refused } = simulate({ provider: provider(), seconds: 120, workers })
    expect(refused / (sum(admitted) + refused)).toBeLessThan(0.01)
    expect(sum(admitted.slice(20)) / (100 * 200)).toBeGreaterThan(0.96)
  })
})

test.each([1, 4, 16])('%i workers that start later use the known limit from the start', (workers) => {
  const { pace } = simulate({ provider: windows(200), seconds: 60, workers: steady(4) })
  // Ten minutes have passed since then.
  const [at, then] = [-600_000, pace.nextAt]
  const [nextAt, askedAt, since] = [at, at + pace.askedAt - then, at + pace.since - then]
  const before = { ...pace, nextAt, askedAt, since, pausedUntil: at, pausedAt: at, marks: [] }
  const { admitted, refused } = simulate({ provider: windows(200), seconds: 60, workers: steady(workers), before })
  expect(refused / (sum(admitted) + refused)).toBeLessThan(0.01)
  expect(sum(admitted) / (60 * 200)).toBeGreaterThan(0.97)
  const unknown = simulate({ provider: windows(200), seconds: 60, workers: steady(workers) })
  expect(sum(admitted)).toBeGreaterThan(sum(unknown.admitted))
})

test.each([
  ['a break', 600_000, 3],
  ['a jump of the clock', 7_200_000, 0],
])('after %s, one refusal costs at most half of the limit, and for seconds only', (_, laterMs, taken) => {
  const { pace } = simulate({ provider: windows(200), seconds: 60, workers: steady(4) })
  const later = pace.nextAt + laterMs
  const asked = taken > 0 ? reserve(pace, later, { wanted: taken }).pace : pace
  const refused = failed(asked, later + 50, {
    kind: 'throttled',
    code: 'rate_limited',
    retryAfterMs: 500,
    sentAgoMs: 20,
  })
  expect(refused.rate).toBeGreaterThan(95)
  const shift = later + 50
  const [pausedUntil, nextAt] = [refused.pausedUntil - shift, refused.nextAt - shift]
  const before = { ...refused, pausedUntil, nextAt, pausedAt: 0, since: 0, askedAt: 0, marks: [] }
  const { admitted } = simulate({ provider: windows(200), seconds: 40, workers: steady(4), before })
  expect(sum(admitted.slice(15, 25)) / (10 * 200)).toBeGreaterThan(0.8)
})

test('workers soon reach their maximum rate at a provider that never throttles', () => {
  let pace = firstPace(0)
  for (let now = 0; now < 3000; now += 20) pace = reserve(pace, now, { wanted: 10_000 }).pace
  expect(pace.rate).toBeGreaterThan(100_000)
})

test('a rate that is not used up does not grow', () => {
  let pace = firstPace(0)
  for (let now = 0; now < 60_000; now += 1000) pace = reserve(pace, now, { wanted: 10 }).pace
  expect(pace.rate).toBe(100)
})

describe.each([10, 150, 3600])('after an outage of %i seconds', (lasts) => {
  const outage: Provider = () => ({ isDown: true })
  const limited = windows(200)
  const provider: Provider = (now) => (now >= 30_000 && now < 30_000 + lasts * 1000 ? outage(now) : limited(now))

  test('the provider receives a request within five seconds, and the rate recovers within ten, without a herd', () => {
    const seconds = 30 + lasts + 30
    const { admitted, refused } = simulate({ provider, seconds, workers: steady(8) })
    const before = sum(admitted.slice(20, 30)) / 10
    const back = 30 + lasts
    expect(sum(admitted.slice(back, back + 5))).toBeGreaterThan(0)
    expect(sum(admitted.slice(back + 10, back + 20)) / 10).toBeGreaterThan(before * 0.97)
    expect(Math.max(...admitted.slice(back, back + 10))).toBeLessThanOrEqual(205)
    // A probe every few seconds, whatever the number of workers, and the requests that were in flight at first.
    expect(refused).toBeLessThan(150 + lasts)
  })
})

describe('a pause', () => {
  const failure = { code: 'rate_limited', sentAgoMs: 10 } as const

  test('lasts as long as the provider specifies, up to an hour, and nothing is reserved before its end', () => {
    for (const [retryAfterMs, lasts] of [
      [60_000, 60_000],
      [1e9, 3_600_000],
    ] as const) {
      const pace = failed(firstPace(0), 1000, { ...failure, kind: 'throttled', retryAfterMs })
      expect(pace.pausedUntil).toBe(1000 + lasts)
      const { turns } = reserve(pace, 2000, { wanted: 10 })
      expect(turns.count).toBe(0)
      expect(turns.againInMs).toBeGreaterThan(lasts - 2000)
    }
  })

  test('is one pause, however many requests fail together, for the longest specified time', () => {
    let pace = failed(firstPace(0), 1000, { ...failure, kind: 'throttled', retryAfterMs: 1000 })
    for (let now = 1001; now < 1100; now++) pace = failed(pace, now, { ...failure, kind: 'throttled' })
    expect([pace.pauses, pace.pausedUntil]).toEqual([1, 2000])
    pace = failed(pace, 1100, { ...failure, kind: 'throttled', retryAfterMs: 60_000 })
    expect([pace.pauses, pace.pausedUntil]).toEqual([1, 61_100])
    // Sent before the pause, and answered long after it.
    pace = failed(pace, 70_000, { ...failure, kind: 'down', sentAgoMs: 69_500 })
    expect([pace.pauses, pace.pausedUntil]).toEqual([1, 61_100])
  })

  test('becomes longer while the provider is down, and ends with a single request', () => {
    let pace = firstPace(0)
    const lasted: number[] = []
    for (let [now, round] = [1000, 0]; round < 5; round++, now = pace.pausedUntil + 10) {
      pace = failed(pace, now, { ...failure, kind: 'down' }, 1)
      lasted.push(pace.pausedUntil - now)
      const first = reserve(pace, pace.pausedUntil, { wanted: 100 })
      const second = reserve(first.pace, pace.pausedUntil + 5, { wanted: 100 })
      expect([first.turns.count, second.turns.count]).toEqual([1, 0])
    }
    expect(lasted).toEqual([1000, 2000, 4000, 4000, 4000])
  })

  test('of a worker of an earlier version is kept', () => {
    const pace = pausedBy(firstPace(0), 1000, 5000, 'rate_limited')
    expect(reserve(pace, 1001, { wanted: 10 }).turns.count).toBe(0)
    expect(pausedBy(pace, 2000, 4000, 'rate_limited')).toBe(pace)
  })
})
