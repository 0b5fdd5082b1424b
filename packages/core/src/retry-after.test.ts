import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRetryAfter } from './retry-after.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)

describe('parseRetryAfter()', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['007', 7_000],
    ['1.5', 1_500],
    ['0.0001', 1],
    ['999999999999999', 999_999_999_999_999_000],
  ])('reads seconds: %j', (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms)
  })

  test.each([
    ['the form of today', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ["the form of C's asctime", 'Sun Nov  6 08:49:37 1994'],
  ])('reads a date in %s', (_what, value) => {
    expect(parseRetryAfter(value, NOW)).toBe(37_000)
  })

  test('takes a date in the past for now', () => {
    expect(parseRetryAfter('Sat, 05 Nov 1994 08:49:37 GMT', NOW)).toBe(0)
  })

  test('reads a date in the far future', () => {
    expect(parseRetryAfter('Fri, 31 Dec 9999 23:59:59 GMT', NOW)).toBe(Date.UTC(9999, 11, 31, 23, 59, 59) - NOW)
  })

  test.each([
    [undefined],
    [null],
    [''],
    [' '],
    ['-1'],
    ['+1'],
    ['1e3'],
    ['1,5'],
    ['.5'],
    ['5.'],
    ['0x10'],
    ['1 2'],
    ['5 potatoes'],
    ['soon'],
    ['Infinity'],
    ['NaN'],
    ['9999999999999999'],
    ['2026-01-01T00:00:00Z'],
    ['Sun, 06 Nov 1994'],
    ['Sun, 06 Nov 1994 08:49:37'],
    ['Sun, 06 Nov 1994 08:49:37 +0100'],
    ['Sun, 99 Foo 1994 08:49:37 GMT'],
    ['Sun, 06 Nov 1994 25:61:61 GMT'],
  ])('makes nothing of %j', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined()
  })

  test('gives nothing or a time that is not negative, whatever it reads', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+\d.e, :GMTSunNov]{0,40}$/))
    fc.assert(
      fc.property(text, fc.date({ noInvalidDate: true }), (value, now) => {
        const ms = parseRetryAfter(value, now.getTime())
        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('reads every date that it could be sent, to the second', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, seconds, (now, at) => {
        expect(parseRetryAfter(new Date(at * 1000).toUTCString(), now * 1000)).toBe(Math.max(0, at - now) * 1000)
      }),
    )
  })
})
