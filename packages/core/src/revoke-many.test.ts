import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createClient, createLogoutClient, type LogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import type { Revocation } from './revocation.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import type { BulkToken, TokenSource } from './token-source.ts'

async function all(revocations: AsyncIterable<Revocation>): Promise<Revocation[]> {
  const found: Revocation[] = []
  for await (const revocation of revocations) found.push(revocation)
  return found.sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
}

/** A client on a clock that stands still, and a function that waits until its run pauses. */
function pausingClient({ origin }: LoopbackServer, deadlineMs: number) {
  const clock = manualClock()
  const events: LogoutEvent[] = []
  const onEvent = (event: LogoutEvent) => events.push(event)
  const client = createClient(
    { appId: 'app', endpoints: { revocation: origin }, deadlineMs, retries: 0, onEvent },
    clock,
  )
  /** Waits until this number of requests was answered, and only the timer of a pause is left. */
  const pausedAfter = async (requests: number): Promise<void> => {
    const answered = () => events.filter(({ type }) => type === 'attempt').length
    while (answered() < requests || clock.pending !== 1) await new Promise((done) => setTimeout(done, 1))
  }
  return { client, clock, events, pausedAfter }
}

const clientOf = ({ origin }: LoopbackServer) =>
  createLogoutClient({ appId: 'app', endpoints: { revocation: origin }, retries: 0 })

describe('revokeTokens() at a real provider', () => {
  let emulator: Emulator
  let client: LogoutClient
  beforeAll(async () => {
    emulator = await startEmulator({ accessTokenFormat: 'opaque' })
    const { appId, appSecret = '' } = emulator.app
    client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost })
  })
  afterEach(() => emulator.reset())
  afterAll(() => emulator.close())

  test.each<[string, (tokens: string[]) => TokenSource]>([
    ['an array', (tokens) => tokens],
    ['a set', (tokens) => new Set(tokens)],
    ['a generator', (tokens) => tokens.values()],
    [
      'an async generator',
      async function* (tokens) {
        for (const token of tokens) yield token
      },
    ],
    ['a Node stream', (tokens) => Readable.from(tokens)],
    ['a Web stream', (tokens) => ReadableStream.from(tokens)],
    ['a Web stream that cannot be iterated', (tokens) => withoutIterator(ReadableStream.from(tokens))],
    ['objects', (tokens) => tokens.map((token) => ({ token, tokenTypeHint: 'access_token' }))],
  ])('revokes tokens from %s', async (_what, sourceOf) => {
    const tokens = await emulator.issueTokens(60)
    const found = await all(client.revokeTokens(sourceOf(tokens)))
    expect(found.map(({ index, state }) => `${index} ${state}`)).toEqual(tokens.map((_, index) => `${index} accepted`))
    expect(await Promise.all(tokens.map((token) => emulator.isActive(token)))).toEqual(tokens.map(() => false))
  })

  test('verifies each token if configured', async () => {
    const tokens = await emulator.issueTokens(5)
    const found = await all(client.revokeTokens(tokens, { verify: true, concurrency: 2 }))
    expect(found.map(({ state }) => state)).toEqual(tokens.map(() => 'verified'))
  })

  test('reports the outcome of each token, and never stops the others because of one', async () => {
    const [first = '', last = ''] = await emulator.issueTokens(2)
    const odd = [undefined, '', 'line\n', { token: 'x', tokenTypeHint: 'two words' }, null, 7]
    const found = await all(client.revokeTokens([first, ...odd, last] as BulkToken[]))
    expect(found.map(({ state, error }) => error?.code ?? state)).toEqual([
      'accepted',
      ...odd.map(() => 'invalid_argument'),
      'accepted',
    ])
    expect(found.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('retries a throttled token until it is admitted, and counts every attempt', async () => {
    const tokens = await emulator.issueTokens(3)
    emulator.answerNext({ status: 429, headers: { 'retry-after': '0' }, times: 4 })
    const found = await all(client.revokeTokens(tokens, { concurrency: 1 }))
    expect(found.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(found.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(7)
  })
})

describe('revokeTokens()', () => {
  test('pulls only as many tokens as it can send', async () => {
    await using server = await listen(always(200))
    let pulled = 0
    function* endless() {
      for (;;) yield `token ${pulled++}`
    }
    let seen = 0
    for await (const _revocation of clientOf(server).revokeTokens(endless(), { concurrency: 4 })) {
      expect(pulled).toBeLessThanOrEqual(seen + 6)
      if (++seen === 20) break
    }
    expect(pulled).toBeLessThan(30)
  })

  test('pulls no more than a reader that is slower than the provider can read', async () => {
    await using server = await listen(always(200))
    let pulled = 0
    function* endless() {
      for (;;) yield `token ${pulled++}`
    }
    let seen = 0
    for await (const _revocation of clientOf(server).revokeTokens(endless(), { concurrency: 4 })) {
      // Long enough for the answers to all that was sent.
      await sleep(30)
      expect(pulled).toBeLessThanOrEqual(seen + 6)
      if (++seen === 10) break
    }
  })

  test('keeps at most the configured number of requests in flight', async () => {
    let open = 0
    let most = 0
    await using server = await listen((_request, response) => {
      open++
      most = Math.max(most, open)
      setTimeout(() => {
        open--
        response.end()
      }, 5)
    })
    const tokens = Array.from({ length: 40 }, (_, index) => `token ${index}`)
    await all(clientOf(server).revokeTokens(tokens, { concurrency: 3 }))
    expect(most).toBe(3)
  })

  test('closes the source when the reader stops', async () => {
    await using server = await listen(always(200))
    let returned = 0
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 'a token' }),
        return: () => {
          returned++
          throw new Error('and is unwilling')
        },
      }),
    }
    for await (const _revocation of clientOf(server).revokeTokens(source as Iterable<string>)) break
    expect(returned).toBe(1)
    let cancelled = false
    const stream = new ReadableStream<string>({
      pull: (controller) => controller.enqueue('a token'),
      cancel: () => {
        cancelled = true
      },
    })
    for await (const _revocation of clientOf(server).revokeTokens(withoutIterator(stream))) break
    await new Promise((done) => setImmediate(done))
    expect(cancelled).toBe(true)
  })

  test('reports requests in flight when the signal aborts, pulls no more, and then throws', async () => {
    const controller = new AbortController()
    await using server = await listen(() => {
      if (server.requests.length === 3) controller.abort()
    })
    const tokens = Array.from({ length: 10 }, (_, index) => `token ${index}`)
    const found: Revocation[] = []
    const error = await logoutErrorOf(async () => {
      const run = clientOf(server).revokeTokens(tokens, { concurrency: 3, signal: controller.signal })
      for await (const revocation of run) found.push(revocation)
    })
    expect(error.code).toBe('aborted')
    expect(found.map(({ state, error: one }) => `${state} ${one?.code}`)).toEqual(found.map(() => 'unknown aborted'))
    expect(found).toHaveLength(3)
  })

  test('sends nothing if the signal has aborted before', async () => {
    await using server = await listen(always(200))
    const run = clientOf(server).revokeTokens(['x'], { signal: AbortSignal.abort() })
    expect((await logoutErrorOf(() => all(run))).code).toBe('aborted')
    expect(server.requests).toEqual([])
  })

  test('reports tokens that wait for the provider as live when the signal aborts', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '3600' }))
    const { client, clock, pausedAfter } = pausingClient(server, 86_400_000)
    const controller = new AbortController()
    const run = client.revokeTokens(['a', 'b'], { signal: controller.signal, concurrency: 2 })
    const found: Revocation[] = []
    const ended = logoutErrorOf(async () => {
      for await (const revocation of run) found.push(revocation)
    })
    // Both were refused, and the run waits for an hour to pass.
    await pausedAfter(2)
    controller.abort()
    expect((await ended).code).toBe('aborted')
    expect(found.map(({ state, attempts, error }) => [state, attempts, error?.code])).toEqual([
      ['live', 1, 'aborted'],
      ['live', 1, 'aborted'],
    ])
    expect(clock.pending).toBe(0)
  })

  test('gives up a token whose deadline would pass during a pause, and sends the others after the pause', async () => {
    await using server = await listen(inTurn(always(429, '', { 'retry-after': '60' }), always(200)))
    const { client, clock, events, pausedAfter } = pausingClient(server, 5_000)
    const run = client.revokeTokens(['a', 'b', 'c'], { concurrency: 1 })
    // The first report comes without any time passing.
    const { value: first } = await run.next()
    expect(first).toMatchObject({ index: 0, state: 'live', attempts: 1, durationMs: 0 })
    expect(first?.error).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 })
    expect(events.at(-1)).toMatchObject({ type: 'outcome', state: 'live', code: 'rate_limited' })
    const rest = all(run)
    await pausedAfter(1)
    clock.advance(59_999)
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    expect(await rest).toMatchObject([
      { index: 1, state: 'accepted' },
      { index: 2, state: 'accepted' },
    ])
    expect(clock.pending).toBe(0)
  })

  test('retries a token until its deadline', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '2' }))
    const { client, clock, pausedAfter } = pausingClient(server, 5_000)
    const found = all(client.revokeTokens(['a']))
    await pausedAfter(1)
    clock.advance(2_000)
    await pausedAfter(2)
    clock.advance(2_000)
    expect(await found).toMatchObject([
      { state: 'live', attempts: 3, durationMs: 4_000, error: { code: 'rate_limited' } },
    ])
  })

  test('reports a token as unknown if it may have arrived before the provider throttled', async () => {
    const drop: Answer = (_request, response) => response.destroy()
    await using server = await listen(inTurn(drop, always(429, '', { 'retry-after': '0' }), always(400)))
    const client = createClient({ appId: 'app', endpoints: { revocation: server.origin } })
    const found = await all(client.revokeTokens(['a']))
    expect(found).toMatchObject([{ state: 'unknown', attempts: 3, error: { code: 'rejected' } }])
  })

  test('gives up a token that is refused repeatedly, and reports that', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '0' }))
    const found = await all(clientOf(server).revokeTokens(['a']))
    expect(found).toMatchObject([{ state: 'live', attempts: 21, error: { code: 'rate_limited' } }])
  })

  test('slows down when the provider is down, and reports each token', async () => {
    await using server = await listen(always(500))
    const found = await all(clientOf(server).revokeTokens(Array.from({ length: 20 }, (_, index) => `token ${index}`)))
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['live']))
    expect(found).toHaveLength(20)
  })

  test.each<[string, () => TokenSource]>([
    [
      'throws',
      function* () {
        yield 'a token'
        throw new RangeError('the file ends early')
      },
    ],
    [
      'rejects',
      async function* () {
        yield 'a token'
        throw new RangeError('the file ends early')
      },
    ],
  ])('passes on a failure when a source %s, after reporting the requests in flight', async (_what, sourceOf) => {
    await using server = await listen(always(200))
    const found: Revocation[] = []
    const run = async () => {
      for await (const revocation of clientOf(server).revokeTokens(sourceOf())) found.push(revocation)
    }
    await expect(run()).rejects.toThrow(RangeError)
    expect(found).toMatchObject([{ state: 'accepted', index: 0 }])
  })

  test.each<[string, unknown, object]>([
    ['no source', undefined, {}],
    ['null', null, {}],
    ['one token', 'a token', {}],
    ['a number', 7, {}],
    ['an object that cannot be iterated', { token: 'x' }, {}],
    ['no concurrency', [], { concurrency: 0 }],
    ['too much of it', [], { concurrency: 10_001 }],
    ['half of it', [], { concurrency: 1.5 }],
    ['text for it', [], { concurrency: '3' }],
    ['a wrong limit', [], { timeoutMs: -1 }],
    ['a wrong verification', [], { verify: { withinMs: -1 } }],
    ['a wrong hint', [], { tokenTypeHint: 'two words' }],
    ['a signal that is none', [], { signal: new AbortController() }],
  ])('refuses %s immediately', (_what, tokens, options) => {
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: 'https://id.example.com/revoke' } })
    expect(() => client.revokeTokens(tokens as BulkToken[], options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

/** Safari's streams are like this. */
function withoutIterator(stream: ReadableStream<string>): ReadableStream<string> {
  return { getReader: () => stream.getReader() } as ReadableStream<string>
}
