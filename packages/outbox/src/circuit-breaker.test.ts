import { describe, expect, test } from 'vitest'
import { CircuitBreaker, type ProviderFailure } from './circuit-breaker.ts'

const down = (startedAt: number): ProviderFailure => ({ kind: 'down', startedAt })
const always = (): number => 1

describe('CircuitBreaker', () => {
  test('lets as many logouts be in progress as are allowed', () => {
    const breaker = new CircuitBreaker(32)
    breaker.succeeded(0)
    expect(breaker.limit(10)).toBe(32)
    expect(breaker.isTripped).toBe(false)
  })

  test('ignores failures with successes in between', () => {
    const breaker = new CircuitBreaker(8)
    for (let now = 0; now < 100; now++) {
      expect(breaker.failed(now, down(now))).toBe(false)
      expect(breaker.failed(now, down(now))).toBe(false)
      breaker.succeeded(now)
    }
    expect(breaker.limit(100)).toBe(8)
  })

  test('pauses after three failures in a row, and then tries a single logout', () => {
    const breaker = new CircuitBreaker(8, always)
    expect([1, 2, 3].map((now) => breaker.failed(now, down(0)))).toEqual([false, false, true])
    expect(breaker.limit(4)).toBe(0)
    expect(breaker.pausedUntil).toBe(1003)
    expect(breaker.limit(1003)).toBe(1)
  })

  test('does not count what was in progress before the pause as new failures', () => {
    const breaker = new CircuitBreaker(8, always)
    for (const now of [1, 2, 3]) breaker.failed(now, down(0))
    for (let now = 4; now < 12; now++) expect(breaker.failed(now, down(0))).toBe(false)
    expect(breaker.pausedUntil).toBe(1003)
  })

  test('makes each further pause twice as long, up to half a minute', () => {
    const breaker = new CircuitBreaker(8, always)
    for (const now of [0, 0]) breaker.failed(now, down(now))
    const pauses: number[] = []
    for (let now = 0; pauses.length < 8; now = breaker.pausedUntil) {
      expect(breaker.failed(now, down(now))).toBe(true)
      pauses.push(breaker.pausedUntil - now)
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
  })

  test('tries a provider that refuses everything at least every two seconds', () => {
    const breaker = new CircuitBreaker(8, always)
    let now = 0
    for (let count = 0; count < 10; count++) {
      breaker.failed(now, { kind: 'refused', startedAt: now })
      now = Math.max(now, breaker.pausedUntil)
    }
    breaker.failed(now, { kind: 'refused', startedAt: now })
    expect(breaker.pausedUntil - now).toBe(2000)
  })

  test('closes quickly once a single logout succeeds', () => {
    const breaker = new CircuitBreaker(32, always)
    for (const now of [1, 2, 3]) breaker.failed(now, down(0))
    expect(breaker.succeeded(500)).toBe(false)
    expect(breaker.limit(1003)).toBe(1)
    expect(breaker.succeeded(1003)).toBe(true)
    expect(breaker.isTripped).toBe(false)
    for (let count = 0; count < 31; count++) breaker.succeeded(1004)
    expect(breaker.limit(1005)).toBe(32)
  })

  test('keeps a pause that the provider asked for, from the first time on', () => {
    const breaker = new CircuitBreaker(8)
    expect(breaker.failed(100, { kind: 'throttled', retryAfterMs: 20_000, startedAt: 50 })).toBe(true)
    expect(breaker.limit(20_099)).toBe(0)
    expect(breaker.limit(20_100)).toBe(1)
  })

  test('pauses for no more than an hour', () => {
    const breaker = new CircuitBreaker(8)
    breaker.failed(0, { kind: 'throttled', retryAfterMs: 86_400_000, startedAt: 0 })
    expect(breaker.pausedUntil).toBe(3_600_000)
  })

  test('returns to half the concurrency at which it was throttled, and grows slowly from there', () => {
    const breaker = new CircuitBreaker(32, always)
    breaker.failed(0, { kind: 'throttled', retryAfterMs: 1000, startedAt: 0 })
    breaker.succeeded(1000)
    for (let count = 0; count < 15; count++) breaker.succeeded(1001)
    expect(breaker.limit(1002)).toBe(16)
    for (let count = 0; count < 15; count++) breaker.succeeded(1002)
    expect(breaker.limit(1003)).toBe(16)
    for (let count = 0; count < 3; count++) breaker.succeeded(1003)
    expect(breaker.limit(1004)).toBe(17)
  })

  test('keeps the pause of another worker, and never shortens its own', () => {
    const breaker = new CircuitBreaker(8)
    expect(breaker.pauseUntil(0, 5000)).toBe(true)
    expect(breaker.pauseUntil(0, 4000)).toBe(false)
    expect(breaker.limit(4999)).toBe(0)
    expect(breaker.limit(5000)).toBe(1)
  })
})
