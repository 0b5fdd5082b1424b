import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { BulkPacer, PacedAttempt } from './bulk-pacer.ts'
import { createLogoutClient, type LogoutClient } from './client.ts'
import type { Revocation } from './revocation.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, inTurn, type LoopbackServer, listen } from './testing/loopback-server.ts'
import type { BulkToken } from './token-source.ts'

const clientOf = ({ origin }: LoopbackServer, retries = 0): LogoutClient => {
  const endpoints = { revocation: origin, introspection: origin }
  return createLogoutClient({ appId: 'app', endpoints, retries })
}
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `token ${index}`)

/** Grants turns as soon as they are allowed, and records the outcomes that it learns. */
function countingPacer(): BulkPacer & {
  turns: number
  readonly learned: PacedAttempt[]
  allow: (turns: number) => void
} {
  let [left, changed] = [Number.POSITIVE_INFINITY, Promise.withResolvers<void>()]
  const pacer = {
    turns: 0,
    learned: [] as PacedAttempt[],
    allow(turns: number) {
      left = turns
      changed.resolve()
      changed = Promise.withResolvers()
    },
    async turn(signal: AbortSignal) {
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      aborted.catch(() => {})
      while (left === 0) await Promise.race([changed.promise, aborted])
      left--
      pacer.turns++
    },
    learn: (attempt: PacedAttempt) => void pacer.learned.push(attempt),
  }
  return pacer
}

async function all(revocations: AsyncIterable<Revocation>): Promise<Revocation[]> {
  const found: Revocation[] = []
  for await (const revocation of revocations) found.push(revocation)
  return found.sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
}

describe('revokeTokens() with a pacer', () => {
  test('takes a turn for each request, and none while there is no token', async () => {
    await using server = await listen(always(200))
    const pacer = countingPacer()
    async function* source(): AsyncGenerator<BulkToken> {
      yield* names(5)
      await sleep(50)
      expect(pacer.turns).toBe(5)
      yield* names(5)
    }
    const found = await all(clientOf(server).revokeTokens(source(), { pacer, concurrency: 2 }))
    expect(found.map(({ state }) => state)).toEqual(Array(10).fill('accepted'))
    expect([pacer.turns, server.requests.length]).toEqual([10, 10])
    expect(pacer.learned.map(({ throttled, revocation }) => [throttled, revocation.state])).toEqual(
      Array(10).fill([false, 'accepted']),
    )
  })

  test('sends nothing without a turn, and reads no more ahead than may be in flight', async () => {
    await using server = await listen(always(200))
    const pacer = countingPacer()
    pacer.allow(3)
    let read = 0
    function* source(): Generator<string> {
      for (const name of names(8)) {
        read++
        yield name
      }
    }
    const running = all(clientOf(server).revokeTokens(source(), { pacer, concurrency: 4 }))
    while (server.requests.length < 3) await sleep(1)
    await sleep(50)
    expect([server.requests.length, read]).toEqual([3, 7])
    pacer.allow(5)
    expect(await running).toHaveLength(8)
  })

  test('takes another turn for a token that was throttled, and waits as the pacer does', async () => {
    await using server = await listen(
      inTurn(always(429, '', { 'retry-after': '3600' }), always(503, '', { 'retry-after': '7' }), always(200)),
    )
    const pacer = countingPacer()
    const [found] = await all(clientOf(server).revokeTokens(['a token'], { pacer }))
    expect(found).toMatchObject({ state: 'accepted', attempts: 3 })
    expect(pacer.turns).toBe(3)
    expect(pacer.learned.map(({ throttled, retryAfterMs }) => ({ throttled, retryAfterMs }))).toEqual([
      { throttled: true, retryAfterMs: 3_600_000 },
      { throttled: true, retryAfterMs: 7_000 },
      { throttled: false, retryAfterMs: undefined },
    ])
  })

  test('takes turns for retries as well, before the next token', async () => {
    await using server = await listen(inTurn(always(502), always(502), always(200)))
    const pacer = countingPacer()
    const found = await all(clientOf(server, 2).revokeTokens(names(4), { pacer, concurrency: 1 }))
    expect(found.map(({ attempts }) => attempts)).toEqual([3, 1, 1, 1])
    expect([pacer.turns, server.requests.length]).toEqual([6, 6])
  })

  test('also takes turns for the requests that verify a token', async () => {
    const gone = new Set<string | null>()
    await using server = await listen((request, response) => {
      const token = new URLSearchParams(request.body.toString()).get('token')
      response.setHeader('content-type', 'application/json')
      if (request.path !== '/introspect') gone.add(token)
      response.end(request.path === '/introspect' ? JSON.stringify({ active: !gone.has(token) }) : '')
    })
    const endpoints = { revocation: `${server.origin}/revoke`, introspection: `${server.origin}/introspect` }
    const client = createLogoutClient({ appId: 'app', endpoints })
    const pacer = countingPacer()
    const found = await all(client.revokeTokens(names(4), { pacer, verify: true, concurrency: 1 }))
    expect(found.map(({ state }) => state)).toEqual(Array(4).fill('verified'))
    // The turns of the last token are still due when the run ends.
    expect([pacer.turns, server.requests.length]).toEqual([10, 12])
  })

  test('reports a throttled token when its deadline passes before its turn', async () => {
    await using server = await listen(always(429))
    const pacer = countingPacer()
    pacer.allow(1)
    const [found] = await all(clientOf(server).revokeTokens(['a token'], { pacer, deadlineMs: 100 }))
    expect(found).toMatchObject({ state: 'live', attempts: 1, error: { code: 'rate_limited' } })
  })

  test('reports tokens that wait for a turn when the signal aborts', async () => {
    await using server = await listen(always(200))
    const pacer = countingPacer()
    pacer.allow(2)
    const stop = new AbortController()
    const found: Revocation[] = []
    const running = (async () => {
      for await (const revocation of clientOf(server).revokeTokens(names(5), { pacer, signal: stop.signal })) {
        found.push(revocation)
      }
    })()
    while (found.length < 2) await sleep(1)
    stop.abort()
    expect(await logoutErrorOf(() => running)).toMatchObject({ code: 'aborted' })
    expect(found.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['accepted', 1],
      ['accepted', 1],
      ['live', 0],
      ['live', 0],
      ['live', 0],
    ])
  })

  test.each(['turn', 'learn'] as const)(
    'ends with the error that %s() throws, after every token was reported',
    async (name) => {
      await using server = await listen(always(200))
      const failure = new Error('closed')
      const pacer = {
        ...countingPacer(),
        [name]: () => {
          throw failure
        },
      }
      const found: Revocation[] = []
      const run = async (): Promise<void> => {
        for await (const revocation of clientOf(server).revokeTokens(names(5), { pacer, concurrency: 1 })) {
          found.push(revocation)
        }
      }
      await expect(run()).rejects.toBe(failure)
      expect(found.map(({ index }) => index)).toEqual(found.map((_, at) => at))
      expect(found[0]).toMatchObject(
        name === 'turn' ? { state: 'live', attempts: 0, error: { code: 'aborted' } } : { state: 'accepted' },
      )
      expect(server.requests).toHaveLength(name === 'turn' ? 0 : 1)
    },
  )

  test.each<unknown>([{}, { turn: async () => {} }, 'every second', null])('refuses %j as one', async (pacer) => {
    await using server = await listen(always(200))
    const run = clientOf(server).revokeTokens(['a token'], { pacer: pacer as BulkPacer })
    expect(await logoutErrorOf(() => run.next())).toMatchObject({ code: 'invalid_argument', option: 'pacer' })
  })
})
