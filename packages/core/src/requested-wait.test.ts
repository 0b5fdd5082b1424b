import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWait, requestedWait } from './requested-wait.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)

describe('parseWait()', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['007', 7_000],
    ['1.5', 1_500],
    ['0.0001', 1],
    ['999999999', 999_999_999_000],
    ['"30"', 30_000],
  ])('reads seconds: %j', (value, ms) => {
    expect(parseWait(value, NOW)).toBe(ms)
  })

  test.each([
    ['the current form', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ["the form of C's asctime", 'Sun Nov  6 08:49:37 1994'],
    ['the form of ISO 8601', '1994-11-06T08:49:37Z'],
    ['the form of ISO 8601 with an offset', '1994-11-06T09:49:37.000+01:00'],
    ['the form of ISO 8601 with an offset without a colon', '1994-11-06T09:49:37+0100'],
    ['the form of ISO 8601 with spaces', '1994-11-06 08:49:37 +0000'],
    ['the form of ISO 8601 with UTC', '1994-11-06 08:49:37 UTC'],
    ['the form of mails', 'Sun, 06 Nov 1994 08:49:37 +0000'],
    ['the form of mails without a known zone', 'Sun, 06 Nov 1994 08:49:37 -0000'],
    ['the current form, but with UTC', 'Sun, 06 Nov 1994 08:49:37 UTC'],
  ])('reads a date in %s', (_what, value) => {
    expect(parseWait(value, NOW)).toBe(37_000)
  })

  test.each([
    ['784111777', 784_111_777_000],
    ['1764111777', 1_764_111_777_000 - NOW],
    ['1764111777123', 1_764_111_777_123 - NOW],
    ['1764111777123456', 1_764_111_777_124 - NOW],
    ['1764111777123456789', 1_764_111_777_124 - NOW],
    ['1764111777.5', 1_764_111_777_500 - NOW],
  ])('distinguishes durations from points in time: %s', (value, ms) => {
    expect(parseWait(value, NOW)).toBe(ms)
  })

  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1h 2m', 3_720_000],
    ['30 seconds', 30_000],
    ['1.5 Minutes', 90_000],
  ])('reads a unit: %s', (value, ms) => {
    expect(parseWait(value, NOW)).toBe(ms)
  })

  test.each([
    ['120, 120', 120_000],
    ['1,5', 5_000],
    ['soon, 7', 7_000],
    ['2s, 1m', 60_000],
    ['5, Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT, 60', 60_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT,Sun, 06 Nov 1994 08:49:38 GMT', 38_000],
  ])('uses the longest of several: %s', (value, ms) => {
    expect(parseWait(value, NOW)).toBe(ms)
  })

  test('counts plain numbers in the unit of the header', () => {
    expect(parseWait('1500', NOW, 1)).toBe(1_500)
    expect(parseWait('2s', NOW, 1)).toBe(2_000)
  })

  test('treats a date in the past as now', () => {
    expect(parseWait('Sat, 05 Nov 1994 08:49:37 GMT', NOW)).toBe(0)
  })

  test('reads a date in the far future', () => {
    expect(parseWait('Fri, 31 Dec 9999 23:59:59 GMT', NOW)).toBe(Date.UTC(9999, 11, 31, 23, 59, 59) - NOW)
  })

  test.each([
    [undefined],
    [null],
    [''],
    [' '],
    ['-1'],
    ['+1'],
    ['1e3'],
    ['.5'],
    ['5.'],
    ['0x10'],
    ['1 2'],
    ['5 potatoes'],
    ['soon'],
    ['Infinity'],
    ['NaN'],
    ['99999999999999999999'],
    ['5 slugs'],
    ['m'],
    [','],
    ['Sun, 06 Nov 1994'],
    ['Sun, 06 Nov 1994 08:49:37'],
    ['Sun, 06 Nov 1994 08:49:37 +0100'],
    ['Sun, 99 Foo 1994 08:49:37 GMT'],
    ['Sun, 06 Nov 1994 25:61:61 GMT'],
  ])('ignores %j', (value) => {
    expect(parseWait(value, NOW)).toBeUndefined()
  })

  test('returns undefined or a nonnegative time for any input', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+\d.e, :GMTSunNov]{0,40}$/))
    fc.assert(
      fc.property(text, fc.date({ noInvalidDate: true }), (value, now) => {
        const ms = parseWait(value, now.getTime())
        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('reads every valid date, to the second', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, seconds, (now, at) => {
        expect(parseWait(new Date(at * 1000).toUTCString(), now * 1000)).toBe(Math.max(0, at - now) * 1000)
      }),
    )
  })
})

describe('requestedWait()', () => {
  const NOW = Date.UTC(2026, 10, 26, 8, 49, 0)
  const seconds = NOW / 1000
  const wait = (headers: Record<string, string>, exceeded: boolean | undefined = true) =>
    requestedWait(new Headers(headers), exceeded, NOW)

  test.each([
    ['Retry-After', { 'retry-after': '3' }, 3_000],
    ['milliseconds', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    ['a duration', { 'x-ratelimit-reset': '12' }, 12_000],
    ['a point in time', { 'x-ratelimit-reset': `${seconds + 12}` }, 12_000],
    ['a point in time, as Okta spells it', { 'x-rate-limit-reset': `${seconds + 12}` }, 12_000],
    ['a point in time in milliseconds', { 'x-ratelimit-reset': `${NOW + 1_500}` }, 1_500],
    ['a point in time as a date', { 'x-ratelimit-reset': '2026-11-26T08:49:30Z' }, 30_000],
    ['a point in the past', { 'x-ratelimit-reset': `${seconds - 5}` }, 0],
    ['an explicit duration', { 'x-ratelimit-reset-after': '1.5' }, 1_500],
    ['the header of the older drafts', { 'ratelimit-reset': '7' }, 7_000],
    ['the combined header of the older drafts', { ratelimit: 'limit=100, remaining=0, reset=9' }, 9_000],
    ['the header of the draft', { ratelimit: '"default";r=0;t=11' }, 11_000],
    ['the policy that is used up', { ratelimit: '"burst";r=5;t=60, "day";r=0;t=20' }, 20_000],
    ['the longest if none is named as used up', { ratelimit: '"a";r=5;t=60, "b";r=9;t=20' }, 60_000],
    ['the combined header with a point in time', { ratelimit: `limit=10, remaining=0, reset=${seconds + 1}` }, 1_000],
    ['the header of the draft with a point in time', { ratelimit: `"default";r=0;t=${seconds + 1}` }, 1_000],
    ['a combined header with a unit', { ratelimit: 'limit=10, remaining=0, reset=2m' }, 120_000],
    ['a number that is quoted', { ratelimit: 'remaining="0", reset="60"' }, 60_000],
    ['a policy that is named like a value', { ratelimit: '"r=0;t=5";r=0;t=11' }, 11_000],
    ['the header of Azure', { 'ratelimit-resettime': '2026-11-26T08:49:30Z' }, 30_000],
    ["the header of OpenAI's API", { 'x-ratelimit-reset-requests': '60s' }, 60_000],
    ['its header for what is counted otherwise', { 'x-ratelimit-reset-tokens': '60s' }, 60_000],
    ["Anthropic's header", { 'anthropic-ratelimit-requests-reset': '2026-11-26T08:49:30Z' }, 30_000],
    ["Feishu's header", { 'x-ogw-ratelimit-reset': '60' }, 60_000],
    ['a duration by another name', { 'x-ratelimit-reset-in': '60' }, 60_000],
    ['a point in time by another name', { 'x-ratelimit-reset-at': '2026-11-26T08:49:30Z' }, 30_000],
    ['seconds by name', { 'x-ratelimit-reset-seconds': '60' }, 60_000],
    ['seconds to wait by name', { 'retry-after-seconds': '60' }, 60_000],
    [
      "the limit in Brave's list that is used up",
      { 'x-ratelimit-remaining': '0, 14523', 'x-ratelimit-reset': '1, 1419704' },
      1_000,
    ],
    [
      'all limits in a list that are used up',
      { 'x-ratelimit-remaining': '0, 0, 9', 'x-ratelimit-reset': '1, 60, 3600' },
      60_000,
    ],
    ['the longest if lists do not match', { 'x-ratelimit-remaining': '0, 9, 9', 'x-ratelimit-reset': '1, 60' }, 60_000],
    [
      'the longest if none in the list is used up',
      { 'x-ratelimit-remaining': '3, 9', 'x-ratelimit-reset': '1, 60' },
      60_000,
    ],
    [
      'the kind of limit that is used up',
      {
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '20ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '60s',
      },
      60_000,
    ],
    [
      'the longest of two kinds of limits that are used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      360_000,
    ],
    [
      'a list of dates',
      {
        'x-ratelimit-remaining': '0, 9',
        'x-ratelimit-reset': 'Thu, 26 Nov 2026 08:49:30 GMT, Thu, 26 Nov 2026 09:49:30 GMT',
      },
      30_000,
    ],
    ['Retry-After before a reset', { 'retry-after': '2', 'x-ratelimit-reset': '60' }, 2_000],
    ['a reset if Retry-After is invalid', { 'retry-after': 'soon', 'x-ratelimit-reset': '60' }, 60_000],
  ])('reads %s', (_what, headers, ms) => {
    expect(wait(headers as Record<string, string>)).toBe(ms)
  })

  test("measures points in time by the provider's clock", () => {
    const date = 'Thu, 26 Nov 2026 07:00:00 GMT'
    const reset = `${Date.UTC(2026, 10, 26, 7, 0, 8) / 1000}`
    expect(wait({ date, 'x-ratelimit-reset': reset })).toBe(8_000)
    expect(wait({ date, 'retry-after': 'Thu, 26 Nov 2026 07:00:08 GMT' })).toBe(8_000)
  })

  test('reads a reset if nothing remains, unless the response shows that no limit was exceeded', () => {
    const inQuestion = (headers: Record<string, string>) => requestedWait(new Headers(headers), undefined, NOW)
    expect(inQuestion({ 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '3' })).toBeUndefined()
    expect(inQuestion({ ratelimit: '"default";r=3;t=60' })).toBeUndefined()
    for (const headers of [
      { 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '0' },
      { ratelimit: '"default";r=0;t=60' },
      { 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '-1' },
      { 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '0, 5' },
      { 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '0;w=1' },
      { 'x-ratelimit-reset-tokens': '60s', 'x-ratelimit-remaining-tokens': '0' },
      { 'x-ratelimit-reset-requests': '60s', 'x-ratelimit-remaining-requests': '0' },
    ]) {
      expect(inQuestion(headers)).toBe(60_000)
      expect(wait(headers, false)).toBeUndefined()
    }
    expect(wait({ 'retry-after': '5' }, false)).toBe(5_000)
  })

  test('returns undefined or a nonnegative time for any input', () => {
    const name = fc.constantFrom(
      'retry-after',
      'retry-after-ms',
      'ratelimit',
      'x-ratelimit-reset',
      'ratelimit-reset',
      'date',
    )
    const value = fc.oneof(fc.stringMatching(/^[-+"\d.e,;= rtTZ:]{0,40}$/), fc.integer().map(String))
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.option(fc.boolean(), { nil: undefined }), (headers, exceeded) => {
        const ms = requestedWait(new Headers(headers), exceeded, NOW)
        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
