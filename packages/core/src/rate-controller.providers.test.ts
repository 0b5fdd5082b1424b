import { expect, test } from 'vitest'
import { RateController } from './rate-controller.ts'

/** A provider's response to a request: nothing if it admits the request, or the time to wait. */
type Provider = (now: number) => number | 'silent' | undefined

/** Admits this number in each window of its clock, and rounds the remaining time up to whole seconds. */
function windows(admits: number, windowMs: number, says: 'ceil' | 'silent' = 'ceil'): Provider {
  let current = -1
  let admitted = 0
  return (now) => {
    const window = Math.floor(now / windowMs)
    if (window !== current) admitted = 0
    current = window
    if (admitted++ < admits) return undefined
    return says === 'silent' ? says : Math.ceil((windowMs - (now % windowMs)) / 1_000) * 1_000
  }
}

/** Admits this number per second, and a burst of a few; asks for a wait in whole seconds, although it takes less. */
function bucket(perSecond: number, capacity: number): Provider {
  let level = capacity
  let at = 0
  return (now) => {
    level = Math.min(capacity, level + ((now - at) * perSecond) / 1_000)
    at = now
    if (level < 1) return Math.ceil((1 - level) / perSecond) * 1_000
    level--
    return undefined
  }
}

/** A provider that freezes: it does not respond, and then responds to everything at the same time. */
interface Outage {
  readonly from: number
  readonly to: number
  /** Its response during the outage: nothing, or 503 with this wait in milliseconds. */
  readonly says?: number
}

interface World {
  readonly outage?: Outage
  readonly provider: () => Provider
  readonly tokens: number
  readonly latencyMs: number
  readonly concurrency: number
}

/** A bulk run in a world where time is only counted. */
function simulate({ provider, tokens, latencyMs, concurrency, outage }: World) {
  const pace = new RateController(concurrency)
  const admit = provider()
  const events = new Map<number, (() => void)[]>()
  const at = (time: number, what: () => void): void => {
    events.set(time, [...(events.get(time) ?? []), what])
  }
  let left = tokens
  let inFlight = 0
  let refused = 0
  const admittedIn: number[] = []
  let now = 0
  for (; left > 0 || inFlight > 0; now++) {
    for (const event of events.get(now) ?? []) event()
    events.delete(now)
    while (left > 0 && inFlight < pace.window && pace.delay(now) === 0) {
      pace.sent(now)
      left--
      inFlight++
      const arrival = now + Math.ceil(latencyMs / 2)
      const arrive = (): void => {
        if (outage && now >= outage.from && now < outage.to) {
          const { says } = outage
          if (says === undefined) {
            at(outage.to, arrive)
            return
          }
          at(now + Math.ceil(latencyMs / 2), () => {
            inFlight--
            left++
            pace.throttled(now, says)
          })
          return
        }
        const answer = admit(now)
        at(now + Math.ceil(latencyMs / 2), () => {
          inFlight--
          if (answer === undefined) {
            admittedIn[Math.floor(now / 1_000)] = (admittedIn[Math.floor(now / 1_000)] ?? 0) + 1
            return pace.answered(now)
          }
          refused++
          left++
          pace.throttled(now, answer === 'silent' ? undefined : answer)
        })
      }
      at(arrival, arrive)
    }
  }
  return { durationMs: now, refusedShare: refused / tokens, admittedIn }
}

test.each([
  { tokens: 20_000, perSecond: 500, latencyMs: 6, concurrency: 64 },
  { tokens: 20_000, perSecond: 500, latencyMs: 50, concurrency: 256 },
  { tokens: 20_000, perSecond: 500, latencyMs: 50, concurrency: 32 },
  { tokens: 3_000, perSecond: 100, latencyMs: 20, concurrency: 32 },
])('reaches the rate of a provider that admits $perSecond a second, with few refusals: %o', (given) => {
  const { durationMs, refusedShare } = simulate({ ...given, provider: () => windows(given.perSecond, 1_000) })
  expect(durationMs).toBeLessThan((given.tokens / given.perSecond) * 1_000 * 1.15)
  expect(refusedShare).toBeLessThan(0.03)
})

// Providers that do not state their limit. The bounds are the measured cost, and a little more.
test.each<[string, number, number, World]>([
  [
    'a small bucket, that asks for ten times as long as it takes',
    180_000,
    0.01,
    { provider: () => bucket(100, 10), tokens: 12_000, latencyMs: 300, concurrency: 32 },
  ],
  [
    'windows of a minute, without a stated wait',
    580_000,
    0.5,
    { provider: () => windows(600, 60_000, 'silent'), tokens: 6_000, latencyMs: 300, concurrency: 64 },
  ],
  [
    'a provider that takes two seconds to respond',
    195_000,
    0.03,
    { provider: () => windows(20, 1_000), tokens: 3_000, latencyMs: 2_000, concurrency: 256 },
  ],
])('%s: at most %i ms, and a share of %d refused', (_what, atMostMs, share, world) => {
  const { durationMs, refusedShare } = simulate(world)
  expect(durationMs).toBeLessThan(atMostMs)
  expect(refusedShare).toBeLessThan(share)
})

test.each<[string, Outage]>([
  ['freezes for a minute', { from: 60_000, to: 120_000 }],
  ['freezes for five seconds', { from: 60_000, to: 65_000 }],
  ['says 503 and to wait for ten seconds', { from: 60_000, to: 90_000, says: 10_000 }],
])('recovers the rate within ten seconds when a provider %s', (_what, outage) => {
  for (const latencyMs of [20, 100]) {
    const world = { provider: () => windows(300, 1_000), tokens: 45_000, latencyMs, concurrency: 64, outage }
    const { admittedIn } = simulate(world)
    const average = (from: number, to: number): number =>
      admittedIn.slice(from, to).reduce((sum, admitted) => sum + (admitted ?? 0), 0) / (to - from)
    const before = average(40, 60)
    expect(before).toBeGreaterThan(250)
    const over = Math.ceil(outage.to / 1_000) + (outage.says ?? 0) / 1_000
    expect(average(over + 10, over + 30)).toBeGreaterThan(before * 0.9)
  }
})

test('does not send the earlier rate to a provider that admits less after an outage', () => {
  const slower: World['provider'] = () => {
    const [fast, slow] = [windows(300, 1_000), windows(100, 1_000)]
    return (now) => (now < 60_000 ? fast(now) : slow(now))
  }
  const { durationMs, refusedShare } = simulate({
    provider: slower,
    tokens: 30_000,
    latencyMs: 20,
    concurrency: 64,
    outage: { from: 60_000, to: 70_000 },
  })
  expect(refusedShare).toBeLessThan(0.03)
  expect(durationMs).toBeLessThan(250_000)
})
