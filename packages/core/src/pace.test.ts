import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pace } from './pace.ts'

describe('a Pace', () => {
  test('starts gently, and opens up to the concurrency as answers come', () => {
    const pace = new Pace(64)
    expect([pace.window, pace.delay(0)]).toEqual([16, 0])
    for (let answer = 0; answer < 100; answer++) pace.answered(0)
    expect(pace.window).toBe(64)
    expect(new Pace(4).window).toBe(4)
  })

  test('lets everything wait together for as long as the provider asks', () => {
    const pace = new Pace(64)
    pace.answered(0)
    pace.throttled(1_000, 5_000)
    expect(pace.delay(1_000)).toBe(5_000)
    expect(pace.delay(5_999)).toBe(1)
    expect(pace.delay(6_000)).toBe(0)
  })

  test('waits half a second where the provider does not say, and ten minutes at most', () => {
    const silent = new Pace(64)
    silent.answered(0)
    silent.throttled(0)
    expect(silent.delay(0)).toBe(500)
    const demanding = new Pace(64)
    demanding.answered(0)
    demanding.throttled(0, 86_400_000)
    expect(demanding.delay(0)).toBe(600_000)
  })

  test('takes refusals of requests that were in flight together for one', () => {
    const pace = new Pace(64)
    for (let answer = 0; answer < 48; answer++) pace.answered(0)
    for (let refusal = 0; refusal < 20; refusal++) pace.throttled(1_000 + refusal, 1_000)
    expect(pace.window).toBe(32)
    expect(pace.delay(1_019)).toBe(1_000)
  })

  test('halves what is in flight when the provider fails, once a second, and never below one', () => {
    const pace = new Pace(64)
    for (let answer = 0; answer < 48; answer++) pace.answered(0)
    pace.failed(0)
    pace.failed(999)
    expect(pace.window).toBe(32)
    for (let second = 1; second < 20; second++) pace.failed(second * 1_000)
    expect(pace.window).toBe(1)
  })

  test('sends at the rate that was admitted, and then tries more', () => {
    const pace = new Pace(64)
    for (let answer = 0; answer < 100; answer++) pace.answered(0)
    // 100 in a moment, and a second to wait: a little less than 100 a second, to be on the safe side.
    pace.throttled(100, 1_000)
    const sentIn = (from: number, to: number): number => {
      let sent = 0
      for (let now = from; now < to; now++) {
        while (pace.delay(now) === 0) {
          pace.sent(now)
          sent++
        }
      }
      return sent
    }
    const first = sentIn(1_100, 11_100)
    expect(first).toBeGreaterThan(960)
    expect(first).toBeLessThan(1_000)
    expect(sentIn(11_100, 41_100)).toBeGreaterThan(3_300)
  })

  test('never asks for a negative or an endless wait, nor for no request at all, whatever happens', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 5_000 }),
      what: fc.constantFrom('sent', 'answered', 'throttled', 'failed'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 ** 9 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.array(step, { maxLength: 200 }), (concurrency, steps) => {
        const pace = new Pace(concurrency)
        let now = 0
        for (const { after, what, retryAfterMs } of steps) {
          now += after
          if (what === 'throttled') pace.throttled(now, retryAfterMs)
          else if (what === 'answered') pace.answered(now)
          else pace[what as 'sent' | 'failed'](now)
          expect(pace.window).toBeGreaterThanOrEqual(1)
          expect(pace.window).toBeLessThanOrEqual(concurrency)
          expect(pace.delay(now)).toBeGreaterThanOrEqual(0)
          expect(pace.delay(now)).toBeLessThan(Number.POSITIVE_INFINITY)
        }
      }),
    )
  })
})

interface World {
  readonly tokens: number
  readonly perSecond: number
  readonly latencyMs: number
  readonly concurrency: number
}

/** A provider that admits so many requests in each second of its clock, in a world where time is only counted. */
function simulate({ tokens, perSecond, latencyMs, concurrency }: World) {
  const pace = new Pace(concurrency)
  const answers = new Map<number, (() => void)[]>()
  let left = tokens
  let inFlight = 0
  let refused = 0
  let admittedIn = -1
  let admitted = 0
  let now = 0
  for (; left > 0 || inFlight > 0; now++) {
    for (const answer of answers.get(now) ?? []) answer()
    answers.delete(now)
    while (left > 0 && inFlight < pace.window && pace.delay(now) === 0) {
      pace.sent(now)
      left--
      inFlight++
      const second = Math.floor(now / 1_000)
      if (second !== admittedIn) {
        admittedIn = second
        admitted = 0
      }
      const isAdmitted = admitted < perSecond
      if (isAdmitted) admitted++
      const at = now + latencyMs
      const answer = () => {
        inFlight--
        if (isAdmitted) return pace.answered(at)
        refused++
        left++
        pace.throttled(at, 1_000)
      }
      answers.set(at, [...(answers.get(at) ?? []), answer])
    }
  }
  return { durationMs: now, refusedShare: refused / tokens }
}

test.each([
  { tokens: 20_000, perSecond: 500, latencyMs: 5, concurrency: 64 },
  { tokens: 20_000, perSecond: 500, latencyMs: 50, concurrency: 256 },
  { tokens: 20_000, perSecond: 500, latencyMs: 50, concurrency: 32 },
  { tokens: 3_000, perSecond: 100, latencyMs: 20, concurrency: 32 },
])('a provider that admits $perSecond a second gets that, and refuses few: %o', (given) => {
  const { durationMs, refusedShare } = simulate(given)
  expect(durationMs).toBeLessThan((given.tokens / given.perSecond) * 1_000 * 1.15)
  expect(refusedShare).toBeLessThan(0.03)
})
