import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RetryQuestion, retryDelay } from './retry.ts'

const question: RetryQuestion = { attempts: 1, retries: 2, retryAfterMs: undefined, remainingMs: 30_000, random: 0.5 }

const questions: fc.Arbitrary<RetryQuestion> = fc.record({
  attempts: fc.integer({ min: 1, max: 101 }),
  retries: fc.integer({ min: 0, max: 100 }),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 ** 18 }), { nil: undefined }),
  remainingMs: fc.double({ min: -1000, max: 86_400_000, noNaN: true }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

describe('retryDelay()', () => {
  test('backs off exponentially, up to 8 seconds', () => {
    const most = Array.from({ length: 9 }, (_, index) =>
      retryDelay({ ...question, attempts: index + 1, retries: 100, random: 1 - Number.EPSILON }),
    )
    expect(most.map((ms) => Math.round(ms ?? 0))).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000])
  })

  test('spreads its delays over the whole of that time (full jitter)', () => {
    expect([0, 0.25, 0.5, 0.99].map((random) => retryDelay({ ...question, random }))).toEqual([0, 62.5, 125, 247.5])
  })

  test.each([
    [1, 0],
    [3, 2],
    [101, 100],
  ])('gives up after %i attempts with %i retries', (attempts, retries) => {
    expect(retryDelay({ ...question, attempts, retries, remainingMs: 86_400_000 })).toBeUndefined()
    expect(retryDelay({ ...question, attempts, retries: retries + 1, remainingMs: 86_400_000 })).toBeDefined()
  })

  test('waits at least as long as the provider asks for, and a little longer by chance', () => {
    expect(retryDelay({ ...question, retryAfterMs: 5_000, random: 0 })).toBe(5_000)
    expect(retryDelay({ ...question, retryAfterMs: 5_000, random: 0.5 })).toBe(5_125)
  })

  test('keeps to its own back-off where the provider asks for less', () => {
    expect(retryDelay({ ...question, retryAfterMs: 0 })).toBe(125)
    expect(retryDelay({ ...question, retryAfterMs: 10 })).toBe(125)
  })

  test('gives up at once where the provider asks for more time than there is', () => {
    expect(retryDelay({ ...question, retryAfterMs: 30_000 })).toBeUndefined()
    expect(retryDelay({ ...question, retryAfterMs: 30_001 })).toBeUndefined()
  })

  test('leaves the extra time out where it alone would reach the deadline', () => {
    expect(retryDelay({ ...question, retryAfterMs: 29_999 })).toBe(29_999)
  })

  test('gives up where its own back-off would reach the deadline', () => {
    expect(retryDelay({ ...question, remainingMs: 125 })).toBeUndefined()
    expect(retryDelay({ ...question, remainingMs: 126 })).toBe(125)
    expect(retryDelay({ ...question, remainingMs: -1 })).toBeUndefined()
  })

  test('never exceeds attempts or deadline, and never undercuts Retry-After, whatever it is asked', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const delay = retryDelay(asked)
        if (delay === undefined) return
        expect(asked.attempts).toBeLessThanOrEqual(asked.retries)
        expect(delay).toBeLessThan(asked.remainingMs)
        expect(delay).toBeGreaterThanOrEqual(asked.retryAfterMs ?? 0)
        expect(delay).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('always tries again where attempts and time are left in plenty', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const { retryAfterMs = 0 } = asked
        const plenty = { ...asked, retries: asked.attempts, remainingMs: retryAfterMs + 10_000 }
        expect(retryDelay(plenty)).toBeDefined()
      }),
    )
  })
})
