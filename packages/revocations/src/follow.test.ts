import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RevocationError } from './errors.ts'
import { revocationFeed } from './feed.ts'
import { followRevocations } from './follow.ts'
import type { RevocationList } from './list.ts'
import type { RevocationPage, RevocationSource } from './source.ts'
import { listen, sendJson } from './testing/loopback-server.ts'
import { follow, page, revoked, scripted, token, until } from './testing/scripted-source.ts'

describe('a list', () => {
  test('cannot accept tokens before its snapshot is complete, but refuses those that it has seen', async () => {
    const last = Promise.withResolvers<RevocationPage>()
    const source = scripted(page([revoked('1')], 'a', true), page([revoked('2')], 'b', true), () => last.promise)
    const list = follow({ source })
    expect(list.check(token('1'))).toBe('stale')
    await until(() => source.asked.length === 3)
    expect(list.check(token('1'))).toBe('revoked')
    expect(list.check(token('3'))).toBe('stale')
    expect(list.asOf).toBeUndefined()
    expect(list.health()).toMatchObject({ ok: false, state: 'starting', entries: 2 })
    last.resolve(page([revoked('3')], 'c'))
    await list.ready
    expect(list.check(token('3'))).toBe('revoked')
    expect(list.check(token('4'))).toBe('valid')
    expect(list.size).toBe(3)
    expect(Math.abs(Number(list.asOf) - Date.now())).toBeLessThan(5_000)
    expect(list.health()).toMatchObject({ ok: true, state: 'fresh', entries: 3, lastError: undefined })
    expect(source.asked.map(({ after, waitMs }) => [after, waitMs])).toEqual([
      [undefined, 0],
      ['a', 0],
      ['b', 0],
    ])
    await until(() => source.asked.length === 4)
    expect(source.asked[3]).toMatchObject({ after: 'c', waitMs: 20_000 })
    expect(list.events).toMatchObject([{ type: 'snapshot', received: 3, entries: 3 }, { type: 'fresh' }])
  })

  test('becomes stale at its maximum age, keeps its entries, and recovers on its own', async () => {
    let isUp = true
    await using server = await listen((_, response) => {
      if (isUp) sendJson(response, page([revoked('1')]))
      else sendJson(response, {}, 503)
    })
    const list = follow({ source: revocationFeed(server.url), maxStalenessMs: 1_000 })
    await list.ready
    expect(list.check(token('2'))).toBe('valid')
    isUp = false
    await until(() => list.check(token('2')) === 'stale')
    expect(list.health()).toMatchObject({ ok: false, state: 'stale', lastError: { code: 'unavailable', status: 503 } })
    expect(list.health().ageMs).toBeGreaterThan(1_000)
    expect(list.check(token('1'))).toBe('revoked')
    await until(() => list.events.some(({ type }) => type === 'stale'))
    isUp = true
    await until(() => list.check(token('2')) === 'valid')
    expect(list.health().lastError).toBeUndefined()
    expect(list.events.filter(({ type }) => type === 'fresh' || type === 'stale').map(({ type }) => type)).toEqual([
      ...['fresh', 'stale', 'fresh'],
    ])
  })

  test('is as old as the request that began the last run, not as its response', async () => {
    const source = scripted(
      async () => {
        await sleep(700)
        return page([revoked('1')], 'a', true)
      },
      async () => {
        await sleep(500)
        return page([], 'b')
      },
    )
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    expect(list.health().ageMs).toBeGreaterThan(1_100)
    expect(list.check(token('2'))).toBe('stale')
  })

  test('does not count the time of a later attempt for pages of an interrupted run', async () => {
    const source = scripted(
      page([revoked('1')], 'a', true),
      new RevocationError('network', 'x', { retryAfterMs: 1_200 }),
      page([], 'b'),
    )
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    expect(source.asked.map(({ after }) => after)).toEqual([undefined, 'a', 'a'])
    expect(list.check(token('2'))).toBe('stale')
    // The next run does not wait.
    await until(() => source.asked.length === 4)
    expect(source.asked[3]).toMatchObject({ after: 'b', waitMs: 0 })
  })

  test('does not call a source without a long poll in a tight loop', async () => {
    const counting = (answer: () => RevocationPage): RevocationSource & { count: number } => ({
      count: 0,
      async read() {
        this.count++
        return answer()
      },
    })
    const idle = counting(() => page())
    const busy = counting(() => page([revoked('1')], `at.${busy.count}`))
    const repeating = counting(() => page([revoked('1')]))
    follow({ source: idle, maxStalenessMs: 2_000 })
    follow({ source: busy })
    follow({ source: repeating })
    await sleep(1_100)
    expect(idle.count).toBeLessThanOrEqual(4)
    expect(busy.count).toBeLessThan(250)
    expect(busy.count).toBeGreaterThan(8)
    expect(repeating.count).toBeLessThanOrEqual(8)
    expect(repeating.count).toBeGreaterThan(4)
  })

  test('stops immediately when it is closed, whatever its source does', async () => {
    const signals: AbortSignal[] = []
    const hanging: RevocationSource = {
      async read({ signal }) {
        signals.push(signal)
        return signals.length === 1 ? page([revoked('1')]) : new Promise(() => {})
      },
    }
    const list = follow({ source: hanging })
    await list.ready
    await until(() => signals.length === 2)
    await list.close()
    await list.close()
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    expect(list.check(token('1'))).toBe('revoked')
    expect(list.check(token('2'))).toBe('stale')
    expect(list.health()).toMatchObject({ ok: false, state: 'closed' })
    const early = follow({ source: { read: () => new Promise(() => {}) } })
    await early.close()
    await expect(early.ready).rejects.toMatchObject({ code: 'closed' })
    const failing = follow({ source: scripted(new RevocationError('network', 'x', { retryAfterMs: 60_000 })) })
    await until(() => failing.events.length === 1)
    await failing.close()
  })

  test('supports `await using`', async () => {
    let list: RevocationList
    {
      await using inner = followRevocations({ source: scripted(page()) })
      list = inner
      await inner.ready
    }
    expect(list.health().state).toBe('closed')
  })

  test('tolerates a failing listener', async () => {
    for (const onEvent of [
      () => {
        throw new Error('x')
      },
      () => Promise.reject(new Error('x')) as never,
    ]) {
      const list = follow({ source: scripted(page()), onEvent })
      await list.ready
      expect(list.check(token('1'))).toBe('valid')
    }
  })
})
