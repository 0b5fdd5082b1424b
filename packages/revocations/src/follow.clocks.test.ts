import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { RevocationListEvent } from './events.ts'
import type { RevocationSource } from './source.ts'
import { follow, ISS, page, revoked, scripted, seconds, token, until } from './testing/scripted-source.ts'

describe('the clocks of a list', () => {
  test('relies on neither clock alone for its age', async () => {
    const list = follow({ source: scripted(page()), maxStalenessMs: 60_000 })
    await list.ready
    const wall = vi.spyOn(Date, 'now')
    try {
      const now = Date.now()
      expect(list.check(token('1'))).toBe('valid')
      // The machine slept, which only the wall clock shows.
      wall.mockReturnValue(now + 61_000)
      expect(list.check(token('1'))).toBe('stale')
      // The wall clock was set back.
      wall.mockReturnValue(now - 3_600_000)
      expect(list.check(token('1'))).toBe('valid')
      const steady = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000)
      wall.mockReturnValue(now - 3_599_999)
      expect(list.check(token('1'))).toBe('stale')
      steady.mockRestore()
    } finally {
      wall.mockRestore()
    }
  })

  test('becomes stale by a timer while the wall clock stands still', async () => {
    const events: RevocationListEvent[] = []
    const wall = vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    try {
      const list = follow({
        source: scripted(page()),
        maxStalenessMs: 1_000,
        onEvent: (event) => events.push(event),
      })
      await list.ready
      expect(list.check(token('1'))).toBe('valid')
      await until(() => events.some(({ type }) => type === 'stale'))
      expect(list.check(token('1'))).toBe('stale')
      expect(list.health()).toMatchObject({ ok: false, state: 'stale' })
    } finally {
      wall.mockRestore()
    }
  })

  test.each([
    ['our', 86_400_000, 0],
    ["the log's", 0, 86_400_000],
  ])('drops nothing because %s clock is far ahead', async (_, ourOffset, logOffset) => {
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => seconds() * 1000 + ourOffset)
    const seconds = (): number => (performance.timeOrigin + performance.now()) / 1000
    const entry = { iss: ISS, jti: '1', until: Math.floor(seconds()) + 60 }
    let count = 0
    const source: RevocationSource = {
      read: async () => ({ ...page(count++ ? [] : [entry]), as_of: seconds() + logOffset / 1000 }),
    }
    try {
      const list = follow({ source, maxStalenessMs: 1_000 })
      await list.ready
      await sleep(2_500)
      expect(count).toBeGreaterThan(5)
      expect(list.check(token('1'))).toBe('revoked')
    } finally {
      wall.mockRestore()
    }
  })

  test('drops expired entries once both clocks are past their end', async () => {
    let count = 0
    const old = { iss: ISS, jti: '1', until: Math.floor(seconds()) - 700 }
    const list = follow({
      source: { read: async () => page(count++ ? [] : [old, revoked('2')]) },
      maxStalenessMs: 1_000,
    })
    await until(() => list.size === 1)
    expect(list.check(token('2'))).toBe('revoked')
  })

  test('tolerates a log whose clock was set back', async () => {
    let offset = 0
    const source: RevocationSource = { read: async () => ({ ...page(), as_of: seconds() - offset }) }
    const list = follow({ source, maxStalenessMs: 10_000 })
    await list.ready
    offset = 3_600
    await until(() => list.events.some((event) => event.type === 'failed' && event.code === 'went_back'))
    await until(() => list.events.filter(({ type }) => type === 'snapshot').length === 2)
    expect(list.check(token('1'))).toBe('valid')
  })
})
