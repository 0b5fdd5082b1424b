import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RevocationError } from './errors.ts'
import type { RevocationSource } from './source.ts'
import { follow, ISS, page, revoked, scripted, seconds, token, until } from './testing/scripted-source.ts'

describe('a list whose source fails', () => {
  test.each(['cursor_gone', 'went_back'] as const)('takes a snapshot after %s, and loses nothing', async (code) => {
    const source = scripted(page([revoked('1')]), new RevocationError(code, 'x'), page([revoked('2')], 'new'))
    const list = follow({ source })
    await until(() => source.asked.length === 4)
    expect(source.asked.map(({ after }) => after)).toEqual([undefined, 'a', undefined, 'new'])
    for (const jti of ['1', '2']) expect(list.check(token(jti))).toBe('revoked')
    expect(list.check(token('3'))).toBe('valid')
    expect(list.events.map(({ type }) => type)).toEqual(['snapshot', 'fresh', 'failed', 'snapshot'])
  })

  test.each([
    ['nonsense', () => 'page'],
    ['nothing', () => null],
    ['an entry of another form', () => page([{ iss: ISS, client_id: 'x', at: 1, until: 2 } as never])],
    ['an entry of another issuer of a wrong type', () => page([{ iss: 7, jti: 'x', until: 2 } as never])],
    ['a page that leads nowhere', () => page([revoked('9')], 'a', true)],
  ])('keeps its entries and becomes stale while a source returns %s', async (_, answer) => {
    const source = scripted(page([revoked('1')]), ...Array(100).fill(answer))
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    await until(() => list.check(token('2')) === 'stale')
    expect(list.check(token('1'))).toBe('revoked')
    expect(list.check(token('9'))).toBe('stale')
    expect(list.size).toBe(1)
    expect(list.health().lastError).toMatchObject({ code: 'unexpected_response' })
  })

  test('keeps its entries and becomes stale while every cursor is gone, and calls less and less often', async () => {
    const source = scripted(page([revoked('1')]), ...Array(100).fill(new RevocationError('cursor_gone', 'x')))
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    await sleep(2_500)
    expect(list.check(token('1'))).toBe('revoked')
    expect(list.check(token('2'))).toBe('stale')
    expect(source.asked.length).toBeGreaterThan(3)
    expect(source.asked.length).toBeLessThan(10)
    const pauses = list.events.flatMap((event) => (event.type === 'failed' ? [event.retryInMs] : []))
    expect(pauses[3]).toBeGreaterThan(2 * (pauses[0] as number))
  })

  test('calls less and less often while each snapshot has a cursor that is gone', async () => {
    const source: RevocationSource = {
      async read({ after }) {
        if (after !== undefined) throw new RevocationError('cursor_gone', 'x')
        return page([revoked('1')])
      },
    }
    const list = follow({ source })
    const pauses = (): number[] => list.events.flatMap((event) => (event.type === 'failed' ? [event.retryInMs] : []))
    await until(() => pauses().length === 5)
    expect(pauses()[4]).toBeGreaterThan(4 * (pauses()[0] as number))
    expect(list.check(token('1'))).toBe('revoked')
  })

  test('calls again soon if a cursor is gone after another was accepted', async () => {
    const gone = new RevocationError('cursor_gone', 'x')
    const failures = Array(3).fill(new RevocationError('network', 'x'))
    const list = follow({ source: scripted(page([revoked('1')]), ...failures, page([revoked('2')]), gone, page()) })
    await until(() => list.events.filter(({ type }) => type === 'snapshot').length === 2)
    const pauses = list.events.flatMap((event) => (event.type === 'failed' ? [event.retryInMs] : []))
    expect(pauses[2]).toBeGreaterThan(250)
    expect(pauses[3]).toBeLessThanOrEqual(250)
  })

  test('becomes stale while the log goes back, stands still or is older than it was', async () => {
    const start = seconds()
    for (const asOf of [
      (count: number) => start - count,
      () => start,
      (count: number) => start + count / 1000,
      () => 0,
    ]) {
      let count = 0
      const source: RevocationSource = { read: async () => ({ ...page(), as_of: count++ ? asOf(count) : seconds() }) }
      const list = follow({ source, maxStalenessMs: 1_000 })
      await list.ready
      await until(() => list.check(token('1')) === 'stale')
      await sleep(1_500)
      expect(list.check(token('1'))).toBe('stale')
      expect(list.health().lastError?.code).toBe('went_back')
      await list.close()
    }
  })

  test('accepts at most maxEntries, and is not valid beyond that', async () => {
    let count = 0
    const source: RevocationSource = {
      read: async () =>
        page(
          Array.from({ length: 50 }, () => revoked(`t${count++}`)),
          `c${count}`,
          true,
        ),
    }
    const list = follow({ source, maxEntries: 200, maxStalenessMs: 1_000 })
    await expect(list.ready).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('200') })
    await sleep(1_000)
    expect(list.size).toBeLessThanOrEqual(250)
    expect(list.check(token('x'))).toBe('stale')
    expect(list.check(token('t0'))).toBe('revoked')
  })

  test('ends a run that repeats itself forever', async () => {
    let count = 0
    const source: RevocationSource = { read: async () => page([revoked('1')], `c${count++}`, true) }
    const list = follow({ source, maxEntries: 100 })
    await expect(list.ready).rejects.toMatchObject({ code: 'too_large' })
    expect(count).toBeLessThan(1_000)
  })

  test.each([
    ['unauthorized', true],
    ['redirect_refused', true],
    ['unexpected_response', true],
    ['network', false],
    ['timeout', false],
    ['unavailable', false],
    ['rate_limited', false],
  ] as const)(
    'that cannot start because of %s: throws immediately is %s, and it keeps trying',
    async (code, isHopeless) => {
      const source = scripted(new RevocationError(code, 'why'), page())
      const list = follow({ source })
      if (isHopeless) await expect(list.ready).rejects.toMatchObject({ code })
      else await list.ready
      await until(() => list.health().ok)
      expect(list.events[0]).toMatchObject({ type: 'failed', code, message: 'why' })
    },
  )

  test('hides an error that a custom source throws', async () => {
    const list = follow({ source: scripted(() => Promise.reject(new Error('secret')), page()) })
    await list.ready
    expect(JSON.stringify(list.events)).not.toContain('secret')
    expect(list.events[0]).toMatchObject({ type: 'failed', code: 'unavailable' })
  })

  test('waits as long as specified, and at most five minutes', async () => {
    const list = follow({ source: scripted(new RevocationError('rate_limited', 'x', { retryAfterMs: 86_400_000 })) })
    await until(() => list.events.length > 0)
    const [event] = list.events as unknown as [{ retryInMs: number }]
    expect(event.retryInMs).toBeGreaterThanOrEqual(300_000)
    expect(event.retryInMs).toBeLessThanOrEqual(330_000)
  })
})
