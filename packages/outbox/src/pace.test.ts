import { describe, expect, test } from 'vitest'
import { type Failure, Pace } from './pace.ts'

const down = (startedAt: number): Failure => ({ kind: 'down', startedAt })
const always = (): number => 1

describe('Pace', () => {
  test('lets as many be under way as are allowed while all is well', () => {
    const pace = new Pace(32)
    pace.succeeded(0)
    expect(pace.limit(10)).toBe(32)
    expect(pace.isPaused).toBe(false)
  })

  test('is not impressed by failures with successes in between', () => {
    const pace = new Pace(8)
    for (let now = 0; now < 100; now++) {
      expect(pace.failed(now, down(now))).toBe(false)
      expect(pace.failed(now, down(now))).toBe(false)
      pace.succeeded(now)
    }
    expect(pace.limit(100)).toBe(8)
  })

  test('pauses after three failures in a row, and then asks with a single one', () => {
    const pace = new Pace(8, always)
    expect([1, 2, 3].map((now) => pace.failed(now, down(0)))).toEqual([false, false, true])
    expect(pace.limit(4)).toBe(0)
    expect(pace.pausedUntil).toBe(1003)
    expect(pace.limit(1003)).toBe(1)
  })

  test('does not take what was under way before the pause for new failures', () => {
    const pace = new Pace(8, always)
    for (const now of [1, 2, 3]) pace.failed(now, down(0))
    for (let now = 4; now < 12; now++) expect(pace.failed(now, down(0))).toBe(false)
    expect(pace.pausedUntil).toBe(1003)
  })

  test('makes each further pause twice as long, up to half a minute', () => {
    const pace = new Pace(8, always)
    for (const now of [0, 0]) pace.failed(now, down(now))
    const pauses: number[] = []
    for (let now = 0; pauses.length < 8; now = pace.pausedUntil) {
      expect(pace.failed(now, down(now))).toBe(true)
      pauses.push(pace.pausedUntil - now)
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
  })

  test('asks a provider that refuses everybody at least every two seconds', () => {
    const pace = new Pace(8, always)
    let now = 0
    for (let count = 0; count < 10; count++) {
      pace.failed(now, { kind: 'refused', startedAt: now })
      now = Math.max(now, pace.pausedUntil)
    }
    pace.failed(now, { kind: 'refused', startedAt: now })
    expect(pace.pausedUntil - now).toBe(2000)
  })

  test('opens up quickly once a single one got through', () => {
    const pace = new Pace(32, always)
    for (const now of [1, 2, 3]) pace.failed(now, down(0))
    expect(pace.succeeded(500)).toBe(false)
    expect(pace.limit(1003)).toBe(1)
    expect(pace.succeeded(1003)).toBe(true)
    expect(pace.isPaused).toBe(false)
    for (let count = 0; count < 31; count++) pace.succeeded(1004)
    expect(pace.limit(1005)).toBe(32)
  })

  test('keeps a pause that the provider asked for, from the first time on', () => {
    const pace = new Pace(8)
    expect(pace.failed(100, { kind: 'throttled', retryAfterMs: 20_000, startedAt: 50 })).toBe(true)
    expect(pace.limit(20_099)).toBe(0)
    expect(pace.limit(20_100)).toBe(1)
  })

  test('grants no more than an hour', () => {
    const pace = new Pace(8)
    pace.failed(0, { kind: 'throttled', retryAfterMs: 86_400_000, startedAt: 0 })
    expect(pace.pausedUntil).toBe(3_600_000)
  })

  test('stays at half the speed at which it was throttled, and goes up slowly from there', () => {
    const pace = new Pace(32, always)
    pace.failed(0, { kind: 'throttled', retryAfterMs: 1000, startedAt: 0 })
    pace.succeeded(1000)
    for (let count = 0; count < 15; count++) pace.succeeded(1001)
    expect(pace.limit(1002)).toBe(16)
    for (let count = 0; count < 15; count++) pace.succeeded(1002)
    expect(pace.limit(1003)).toBe(16)
    for (let count = 0; count < 3; count++) pace.succeeded(1003)
    expect(pace.limit(1004)).toBe(17)
  })

  test('keeps a pause that another worker was told, and never shortens one', () => {
    const pace = new Pace(8)
    expect(pace.pauseUntil(0, 5000)).toBe(true)
    expect(pace.pauseUntil(0, 4000)).toBe(false)
    expect(pace.limit(4999)).toBe(0)
    expect(pace.limit(5000)).toBe(1)
  })
})
