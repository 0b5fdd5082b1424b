import { describe, expect, test } from 'vitest'
import { failed, firstPace, type Pace, reserve } from './pace.ts'
import { paceFrom } from './stored-pace.ts'

const NOW = 1_800_000_000_000
const HOUR_MS = 3_600_000
const stored = (pace: Partial<Record<keyof Pace, unknown>>) => ({ ...firstPace(NOW), ...pace })

describe('a stored pace', () => {
  test('is read as it was written', () => {
    const { pace } = reserve(firstPace(NOW), NOW, { wanted: 10 })
    const throttled = failed(pace, NOW + 50, { kind: 'throttled', code: 'rate_limited', sentAgoMs: 20 })
    for (const written of [firstPace(NOW), pace, throttled]) {
      expect(paceFrom(JSON.parse(JSON.stringify(written)), NOW + 50)).toEqual(written)
    }
  })

  test('is the initial one without one of its numbers', () => {
    const aliens: unknown[] = [{}, [], 7, 'text']
    for (const member of [{ taken: '1' }, { rate: -1 }, { since: null }, { limit: [1] }]) aliens.push(stored(member))
    for (const alien of aliens) expect(paceFrom(alien as Record<string, unknown>, NOW)).toEqual(firstPace(NOW))
  })

  test('has no number beyond those that a worker writes', () => {
    const numbers = ['rate', 'usedMs', 'margin', 'regainMs', 'taken', 'pauses', 'probeMs'] as const
    expect(paceFrom(stored(Object.fromEntries(numbers.map((name) => [name, 1e300]))), NOW)).toEqual({
      ...firstPace(NOW),
      ...{ rate: 1_000_000, usedMs: 24 * HOUR_MS, margin: 0.06, regainMs: HOUR_MS },
      ...{ taken: 1_000_000_000, pauses: 30, probeMs: 4_000 },
    })
    expect(paceFrom(stored({ rate: 0 }), NOW).rate).toBe(0.1)
  })

  test('has no pause that is longer than a provider can require, and no past that is to come', () => {
    const latest = NOW + HOUR_MS
    expect(paceFrom(stored({ nextAt: latest, pausedUntil: latest }), NOW)).toEqual(
      stored({ nextAt: latest, pausedUntil: latest }),
    )
    const times = { nextAt: latest + 1, pausedUntil: latest + 1, pausedAt: NOW + 1, since: NOW + 1 }
    expect(paceFrom(stored(times), NOW)).toEqual(stored({ pausedUntil: NOW, pausedAt: NOW }))
  })

  test('follows a clock that was set back', () => {
    const before = NOW + 2 * HOUR_MS
    const pace = { ...firstPace(before), isFull: true, taken: 7, marks: [[before, 7]], pauses: 1 }
    const times = { nextAt: before + 500, pausedUntil: before + 500, pausedAt: before - 100 }
    expect(paceFrom({ ...pace, ...times }, NOW)).toEqual(
      stored({ pauses: 1, nextAt: NOW + 500, pausedUntil: NOW + 500, pausedAt: NOW - 100 }),
    )
    expect(paceFrom(stored({ askedAt: 1e300 }), NOW).askedAt).toBe(NOW)
  })

  test('keeps the latest marks, and nothing that is not one', () => {
    const marks = Array.from({ length: 20 }, (_, index) => [NOW + index, index])
    const alien = [[1], [1, 2, 3], ['1', 2], [1, null], 'mark', null, {}]
    expect(paceFrom(stored({ marks: [...alien, ...marks, ...alien] }), NOW).marks).toEqual(marks.slice(-16))
    expect(paceFrom(stored({ marks: { length: 1 } }), NOW).marks).toEqual([])
  })

  test('has no other members, and no text', () => {
    expect(paceFrom({ ...stored({ isFull: 'yes', code: 'a text' }), version: 3, extra: '<b>' }, NOW)).toEqual(
      stored({ code: 'undecryptable' }),
    )
  })
})
