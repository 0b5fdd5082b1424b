import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ERROR_MEANING, type LogoutErrorCode } from './codes.ts'
import { nextDelay, type RetryQuestion } from './retry.ts'

const question: RetryQuestion = {
  attempts: 1,
  retries: 2,
  failure: { code: 'rate_limited' },
  deferThrottling: false,
  remainingMs: 30_000,
  random: 0.5,
}
const askingFor = (retryAfterMs: number): RetryQuestion => ({
  ...question,
  failure: { code: 'rate_limited', retryAfterMs },
})

const questions: fc.Arbitrary<RetryQuestion> = fc.record({
  attempts: fc.integer({ min: 1, max: 101 }),
  retries: fc.integer({ min: 0, max: 100 }),
  failure: fc.record({
    code: fc.constantFrom('network', 'timeout', 'rate_limited', 'provider_unavailable'),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 ** 18 }), { nil: undefined }),
  }),
  deferThrottling: fc.constant(false),
  remainingMs: fc.double({ min: -1000, max: 86_400_000, noNaN: true }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

describe('nextDelay()', () => {
  test('backs off exponentially, up to 8 seconds', () => {
    const most = Array.from({ length: 9 }, (_, index) =>
      nextDelay({ ...question, attempts: index + 1, retries: 100, random: 1 - Number.EPSILON }),
    )
    expect(most.map((ms) => Math.round(ms ?? 0))).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000])
  })

  test('spreads its delays over the whole interval (full jitter)', () => {
    expect([0, 0.25, 0.5, 0.99].map((random) => nextDelay({ ...question, random }))).toEqual([0, 62.5, 125, 247.5])
  })

  test.each([
    [1, 0],
    [3, 2],
    [101, 100],
  ])('gives up after %i attempts with %i retries', (attempts, retries) => {
    expect(nextDelay({ ...question, attempts, retries, remainingMs: 86_400_000 })).toBeUndefined()
    expect(nextDelay({ ...question, attempts, retries: retries + 1, remainingMs: 86_400_000 })).toBeDefined()
  })

  test('waits at least as long as the provider specifies, plus a short random time', () => {
    expect(nextDelay({ ...askingFor(5_000), random: 0 })).toBe(5_000)
    expect(nextDelay({ ...askingFor(5_000), random: 0.5 })).toBe(5_125)
  })

  test('uses its own back-off if the provider specifies less', () => {
    expect(nextDelay(askingFor(0))).toBe(125)
    expect(nextDelay(askingFor(10))).toBe(125)
  })

  test('gives up immediately if the provider specifies more time than remains', () => {
    expect(nextDelay(askingFor(30_000))).toBeUndefined()
    expect(nextDelay(askingFor(30_001))).toBeUndefined()
  })

  test('omits the random time if it alone would reach the deadline', () => {
    expect(nextDelay(askingFor(29_999))).toBe(29_999)
  })

  test('gives up if its own back-off would reach the deadline', () => {
    expect(nextDelay({ ...question, remainingMs: 125 })).toBeUndefined()
    expect(nextDelay({ ...question, remainingMs: 126 })).toBe(125)
    expect(nextDelay({ ...question, remainingMs: -1 })).toBeUndefined()
  })

  test('never exceeds attempts or deadline, and never waits less than Retry-After', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const delay = nextDelay(asked)
        if (delay === undefined) return
        expect(asked.attempts).toBeLessThanOrEqual(asked.retries)
        expect(delay).toBeLessThan(asked.remainingMs)
        expect(delay).toBeGreaterThanOrEqual(asked.failure.retryAfterMs ?? 0)
        expect(delay).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('always retries if enough attempts and time remain', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const { retryAfterMs = 0 } = asked.failure
        const plenty = { ...asked, retries: asked.attempts, remainingMs: retryAfterMs + 10_000 }
        expect(nextDelay(plenty)).toBeDefined()
      }),
    )
  })

  test('does not retry a failure that would repeat', () => {
    for (const [code, { retryable }] of Object.entries(ERROR_MEANING)) {
      const delay = nextDelay({ ...question, failure: { code: code as LogoutErrorCode } })
      expect(delay !== undefined, code).toBe(retryable)
    }
  })

  test('leaves only throttling to a bulk run', () => {
    const deferred = { ...question, deferThrottling: true }
    expect(nextDelay({ ...deferred, failure: { code: 'rate_limited' } })).toBeUndefined()
    expect(nextDelay({ ...deferred, failure: { code: 'provider_unavailable', retryAfterMs: 10 } })).toBeUndefined()
    expect(nextDelay({ ...deferred, failure: { code: 'provider_unavailable' } })).toBe(125)
    expect(nextDelay({ ...deferred, failure: { code: 'network' } })).toBe(125)
  })
})
