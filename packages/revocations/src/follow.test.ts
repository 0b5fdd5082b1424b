import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RevocationEntry } from './entry.ts'
import { RevocationError } from './errors.ts'
import type { RevocationListEvent } from './events.ts'
import { revocationFeed } from './feed.ts'
import { followRevocations } from './follow.ts'
import type { RevocationList } from './list.ts'
import type { FollowOptions } from './options.ts'
import type { ReadRequest, RevocationPage, RevocationSource } from './source.ts'
import { listen, sendJson } from './testing/loopback-server.ts'

const ISS = 'https://id.example.com'
const seconds = (): number => Date.now() / 1000
const later = (): number => Math.floor(seconds()) + 3600
const token = (jti: string): { iss: string; jti: string; iat: number } => ({
  iss: ISS,
  jti,
  iat: Math.floor(seconds()),
})
const revoked = (jti: string): RevocationEntry => ({ iss: ISS, jti, until: later() })
const page = (entries: RevocationEntry[] = [], cursor = 'a', more = false): RevocationPage => ({
  ...{ entries, cursor, as_of: seconds(), more },
})

/** A source that answers as it is told, and waits where it is told nothing. */
function scripted(
  ...answers: (RevocationPage | Error | (() => unknown))[]
): RevocationSource & { asked: ReadRequest[] } {
  const asked: ReadRequest[] = []
  return {
    asked,
    async read(request) {
      asked.push(request)
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      if (answer === undefined) return new Promise(() => {})
      if (typeof answer === 'function') return answer() as RevocationPage
      return { ...answer, as_of: seconds() }
    },
  }
}

const open: RevocationList[] = []
const follow = (options: FollowOptions): RevocationList & { events: RevocationListEvent[] } => {
  const events: RevocationListEvent[] = []
  const list = followRevocations({ onEvent: (event) => events.push(event), ...options })
  open.push(list)
  // A list is frozen.
  return Object.create(list, { events: { value: events } })
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((list) => list.close()))
})
const until = (condition: () => unknown): Promise<unknown> =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 20_000, interval: 5 })

describe('a list', () => {
  test('cannot know before its snapshot is complete, but refuses what it has seen', async () => {
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
    expect(source.asked[3]).toMatchObject({ after: 'c', waitMs: 30_000 })
    expect(list.events).toMatchObject([{ type: 'snapshot', received: 3, entries: 3 }, { type: 'fresh' }])
  })

  test('says stale as soon as it is too old, keeps what it knows, and comes back without help', async () => {
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

  test('is as old as the request that began the last run, not as its answer', async () => {
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

  test('does not count the time of a later try for pages of a run that was interrupted', async () => {
    const source = scripted(
      page([revoked('1')], 'a', true),
      new RevocationError('network', 'x', { retryAfterMs: 1_200 }),
      page([], 'b'),
    )
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    expect(source.asked.map(({ after }) => after)).toEqual([undefined, 'a', 'a'])
    expect(list.check(token('2'))).toBe('stale')
    // The next run is not made to wait.
    await until(() => source.asked.length === 4)
    expect(source.asked[3]).toMatchObject({ after: 'b', waitMs: 0 })
  })

  test('believes neither clock alone about its age', async () => {
    const list = follow({ source: scripted(page()), maxStalenessMs: 60_000 })
    await list.ready
    const wall = vi.spyOn(Date, 'now')
    try {
      const now = Date.now()
      expect(list.check(token('1'))).toBe('valid')
      // The machine slept, and only the wall clock knows.
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

  test('drops what has ended once both clocks say so', async () => {
    let count = 0
    const old = { iss: ISS, jti: '1', until: Math.floor(seconds()) - 700 }
    const list = follow({
      source: { read: async () => page(count++ ? [] : [old, revoked('2')]) },
      maxStalenessMs: 1_000,
    })
    await until(() => list.size === 1)
    expect(list.check(token('2'))).toBe('revoked')
  })

  test.each(['cursor_gone', 'went_back'] as const)('takes a snapshot after %s, and forgets nothing', async (code) => {
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
  ])('keeps its entries and becomes stale while a source answers %s', async (_, answer) => {
    const source = scripted(page([revoked('1')]), ...Array(100).fill(answer))
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    await until(() => list.check(token('2')) === 'stale')
    expect(list.check(token('1'))).toBe('revoked')
    expect(list.check(token('9'))).toBe('stale')
    expect(list.size).toBe(1)
    expect(list.health().lastError).toMatchObject({ code: 'unexpected_response' })
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

  test('gets over a clock of the log that was set back', async () => {
    let offset = 0
    const source: RevocationSource = { read: async () => ({ ...page(), as_of: seconds() - offset }) }
    const list = follow({ source, maxStalenessMs: 10_000 })
    await list.ready
    offset = 3_600
    await until(() => list.events.some((event) => event.type === 'failed' && event.code === 'went_back'))
    await until(() => list.events.filter(({ type }) => type === 'snapshot').length === 2)
    expect(list.check(token('1'))).toBe('valid')
  })

  test('takes no more than maxEntries, whatever comes, and is not valid then', async () => {
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

  test('ends a run that repeats itself for ever', async () => {
    let count = 0
    const source: RevocationSource = { read: async () => page([revoked('1')], `c${count++}`, true) }
    const list = follow({ source, maxEntries: 100 })
    await expect(list.ready).rejects.toMatchObject({ code: 'too_large' })
    expect(count).toBeLessThan(1_000)
  })

  test('does not ask a source that never waits all the time', async () => {
    const counting = (answer: () => RevocationPage): RevocationSource & { count: number } => ({
      count: 0,
      async read() {
        this.count++
        return answer()
      },
    })
    const idle = counting(() => page())
    const busy = counting(() => page([revoked('1')]))
    follow({ source: idle, maxStalenessMs: 2_000 })
    follow({ source: busy })
    await sleep(1_100)
    expect(idle.count).toBeLessThanOrEqual(4)
    expect(busy.count).toBeLessThan(250)
    expect(busy.count).toBeGreaterThan(4)
  })

  test.each([
    ['unauthorized', true],
    ['redirect_refused', true],
    ['unexpected_response', true],
    ['network', false],
    ['timeout', false],
    ['unavailable', false],
    ['rate_limited', false],
  ] as const)('that cannot start for %s: says so at once is %s, and it keeps trying', async (code, isHopeless) => {
    const source = scripted(new RevocationError(code, 'why'), page())
    const list = follow({ source })
    if (isHopeless) await expect(list.ready).rejects.toMatchObject({ code })
    else await list.ready
    await until(() => list.health().ok)
    expect(list.events[0]).toMatchObject({ type: 'failed', code, message: 'why' })
  })

  test('keeps what a source of somebody else throws to itself', async () => {
    const list = follow({ source: scripted(() => Promise.reject(new Error('secret')), page()) })
    await list.ready
    expect(JSON.stringify(list.events)).not.toContain('secret')
    expect(list.events[0]).toMatchObject({ type: 'failed', code: 'unavailable' })
  })

  test('waits as long as it is asked to, and at most five minutes', async () => {
    const list = follow({ source: scripted(new RevocationError('rate_limited', 'x', { retryAfterMs: 86_400_000 })) })
    await until(() => list.events.length > 0)
    const [event] = list.events as unknown as [{ retryInMs: number }]
    expect(event.retryInMs).toBeGreaterThanOrEqual(300_000)
    expect(event.retryInMs).toBeLessThanOrEqual(330_000)
  })

  test('is over when it is closed, at once and whatever its source does', async () => {
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

  test('can be left to `await using`', async () => {
    let list: RevocationList
    {
      await using inner = followRevocations({ source: scripted(page()) })
      list = inner
      await inner.ready
    }
    expect(list.health().state).toBe('closed')
  })

  test('is not broken by who watches it', async () => {
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

describe('options of a list', () => {
  const source = scripted()
  test.each([
    ['source', undefined],
    ['source', { source: {} }],
    ['source', { source: 'https://feed.example.com' }],
    ['maxStalenessMs', { source, maxStalenessMs: 999 }],
    ['maxStalenessMs', { source, maxStalenessMs: Number.NaN }],
    ['maxStalenessMs', { source, maxStalenessMs: Number.POSITIVE_INFINITY }],
    ['maxEntries', { source, maxEntries: 0 }],
    ['onEvent', { source, onEvent: 'x' }],
    ['issuerAliases', { source, issuerAliases: { a: 7 } }],
    ['issuerAliases', { source, issuerAliases: { a: 'b', b: 'c' } }],
    ['issuerAliases', { source, issuerAliases: { a: 'a' } }],
  ])('are refused with a word about %s', (name, options) => {
    expect(() => followRevocations(options as FollowOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(name) }),
    )
  })

  test('let issuers have other names', async () => {
    const list = follow({ source: scripted(page([revoked('1')])), issuerAliases: { 'id.example.com': ISS } })
    await list.ready
    expect(list.check({ ...token('1'), iss: 'id.example.com' })).toBe('revoked')
  })
})
