import { describe, expect, test } from 'vitest'
import { isThrottled } from './throttled.ts'

describe('isThrottled()', () => {
  test.each([
    [{ code: 'rate_limited' }, true],
    [{ code: 'rate_limited', retryAfterMs: 0 }, true],
    [{ code: 'provider_unavailable', retryAfterMs: 0 }, true],
    [{ code: 'provider_unavailable' }, false],
    [{ code: 'timeout' }, false],
    [{ code: 'rejected', retryAfterMs: 10 }, false],
  ] as const)('%j: %s', (failure, throttled) => {
    expect(isThrottled(failure)).toBe(throttled)
  })
})
