import { expect, test } from 'vitest'
import { date } from './option-value.ts'

const parse = date('--issued-before')

test.each([
  ['2026-11-28', '2026-11-28T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2026-11-28T14:00Z', '2026-11-28T14:00:00.000Z'],
  ['2026-11-28T14:00:00.123456Z', '2026-11-28T14:00:00.123Z'],
  ['2026-11-28T14:00:00+08:00', '2026-11-28T06:00:00.000Z'],
  ['2026-11-28T22:00:00-05:00', '2026-11-29T03:00:00.000Z'],
])('the date %s is %s on every machine', (text, time) => {
  expect(parse(text).toISOString()).toBe(time)
})

test.each([
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2027-02-29',
  '2026-13-01',
  '2026-2-3',
  '2026-11',
  '2026',
  '2026-11-28T00:00',
  '2026-11-28T14:00:00',
  '2026-11-28 14:00:00Z',
  '2026-11-28T25:00Z',
  '2026-11-28T14:00+0800',
  '20261128',
  'yesterday',
  '',
])('%j is no date', (text) => {
  expect(() => parse(text)).toThrow(/^--issued-before must be a date of the calendar.* with Z or an offset/)
})
