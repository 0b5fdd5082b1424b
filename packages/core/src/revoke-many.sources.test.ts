import { Readable } from 'node:stream'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createLogoutClient, type LogoutClient } from './client.ts'
import type { Revocation } from './revocation.ts'
import { all, clientOf } from './testing/bulk-client.ts'
import { always, listen } from './testing/loopback-server.ts'
import type { BulkToken, TokenSource } from './token-source.ts'

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
})

/** Safari's streams are like this. */
function withoutIterator(stream: ReadableStream<string>): ReadableStream<string> {
  return { getReader: () => stream.getReader() } as ReadableStream<string>
}
