import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateController } from './rate-controller.ts'

describe('a RateController', () => {
  test('starts slowly, and increases to the concurrency as responses arrive', () => {
    const pace = new RateController(64)
    expect([pace.window, pace.delay(0)]).toEqual([16, 0])
    for (let answer = 0; answer < 100; answer++) pace.answered(0)
    expect(pace.window).toBe(64)
    expect(new RateController(4).window).toBe(4)
  })

  test('pauses all requests for as long as the provider specifies', () => {
    const pace = new RateController(64)
    pace.answered(0)
    pace.throttled(1_000, 5_000)
    expect(pace.delay(1_000)).toBe(5_000)
    expect(pace.delay(5_999)).toBe(1)
    expect(pace.delay(6_000)).toBe(0)
  })

  test('waits half a second if the provider does not specify a time, and ten minutes at most', () => {
    const silent = new RateController(64)
    silent.answered(0)
    silent.throttled(0)
    expect(silent.delay(0)).toBe(500)
    const demanding = new RateController(64)
    demanding.answered(0)
    demanding.throttled(0, 86_400_000)
    expect(demanding.delay(0)).toBe(600_000)
  })

  test('counts refusals of requests that were in flight together as one', () => {
    const pace = new RateController(64)
    for (let answer = 0; answer < 48; answer++) pace.answered(0)
    for (let refusal = 0; refusal < 20; refusal++) pace.throttled(1_000 + refusal, 1_000)
    expect(pace.window).toBe(32)
    expect(pace.delay(1_019)).toBe(1_000)
  })

  test('halves the requests in flight when the provider fails, once a second, to no less than one', () => {
    const pace = new RateController(64)
    for (let answer = 0; answer < 48; answer++) pace.answered(0)
    pace.failed(0)
    pace.failed(999)
    expect(pace.window).toBe(32)
    for (let second = 1; second < 20; second++) pace.failed(second * 1_000)
    expect(pace.window).toBe(1)
  })

  test('sends at the admitted rate, and then tries more', () => {
    const pace = new RateController(64)
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

  test('never requests a negative or endless wait, or allows no request at all', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 5_000 }),
      what: fc.constantFrom('sent', 'answered', 'throttled', 'failed'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 ** 9 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.array(step, { maxLength: 200 }), (concurrency, steps) => {
        const pace = new RateController(concurrency)
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
