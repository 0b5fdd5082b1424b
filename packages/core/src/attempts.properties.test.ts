import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLogoutError } from './errors.ts'
import { answer, run } from './testing/attempt-run.ts'
import { manualClock } from './testing/manual-clock.ts'

describe('attemptUntilDone()', () => {
  test('never exceeds its attempts or its deadline, and always ends with exactly one state', async () => {
    const step = fc.record({
      /** The time until the answer. */
      takesMs: fc.integer({ min: 0, max: 4_000 }),
      answer: fc.oneof(
        fc.constant('broken' as const),
        fc.record({
          status: fc.oneof(fc.constantFrom(200, 400, 404, 429, 500, 503), fc.integer({ min: 0, max: 999 })),
          retryAfter: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
        }),
      ),
    })
    const limits = fc.record({
      retries: fc.integer({ min: 0, max: 8 }),
      timeoutMs: fc.integer({ min: 1, max: 5_000 }),
      deadlineMs: fc.integer({ min: 1, max: 20_000 }),
    })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const late = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1 }), limits, random, late, async (steps, given, chance, lateMs) => {
        const clock = manualClock(chance)
        const startedAt = clock.now()
        const sentAt: number[] = []
        const { outcome } = await run(
          clock,
          (attempt, signal) => {
            sentAt.push(clock.now())
            const { takesMs, answer: what } = steps[(attempt - 1) % steps.length] as (typeof steps)[number]
            return new Promise((resolve, reject) => {
              clock.setTimeout(() => {
                if (what === 'broken') reject(new TypeError('broken'))
                else
                  resolve(
                    answer(what.status, what.retryAfter === undefined ? {} : { 'retry-after': `${what.retryAfter}` }),
                  )
              }, takesMs)
              // The transport of the test stops when it is told to, as a real one does.
              signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
              queueMicrotask(() => clock.advance(Math.min(takesMs, given.timeoutMs)))
            })
          },
          given,
          lateMs,
        )
        expect(outcome.attempts).toBe(sentAt.length)
        expect(outcome.attempts).toBeLessThanOrEqual(given.retries + 1)
        for (const at of sentAt) expect(at).toBeLessThan(startedAt + given.deadlineMs)
        expect(clock.now()).toBeLessThanOrEqual(startedAt + given.deadlineMs + given.timeoutMs + lateMs)
        if (outcome.ok) expect(outcome.status).toBeGreaterThanOrEqual(200)
        else {
          expect(['live', 'unknown', 'unsupported']).toContain(outcome.state)
          expect(isLogoutError(outcome.error)).toBe(true)
        }
      }),
    )
  })
})
