import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { RevocationError } from './errors.ts'
import { type RevocationFeedOptions, revocationFeed } from './feed.ts'
import { listen, sendJson } from './testing/loopback-server.ts'

const SECRET = 'c2VjcmV0LW9mLXRoZS1mZWVk'
const page = { entries: [], cursor: 'abc', as_of: 1, more: false }
const never = new AbortController().signal

const failureOf = async (url: string, options: RevocationFeedOptions = {}, waitMs = 0): Promise<RevocationError> => {
  const source = revocationFeed(`${url}?key=${SECRET}`, {
    authorization: `Bearer ${SECRET}`,
    timeoutMs: 5_000,
    ...options,
  })
  const error = await source.read({ waitMs, signal: never }).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'RevocationError' })
  expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(SECRET.slice(0, 12))
  return error as RevocationError
}

describe('a feed', () => {
  test('is requested as the contract defines', async () => {
    await using server = await listen((request, response) => {
      expect(request.method).toBe('GET')
      expect(request.headers.authorization).toBe(`Bearer ${SECRET}`)
      sendJson(response, page)
    })
    let calls = 0
    const authorization = async (): Promise<string> => `Bearer ${++calls && SECRET}`
    const source = revocationFeed(`${server.url}?tenant=a%20b`, { authorization })
    expect(await source.read({ waitMs: 0, signal: never })).toEqual(page)
    await source.read({ after: 'x.y', waitMs: 3_999, signal: never })
    await source.read({ after: 'x.y', waitMs: 60_000, signal: never })
    expect(server.requests.map((path) => path.split('?')[1])).toEqual([
      'tenant=a+b'.replace('+', '%20'),
      'tenant=a+b&after=x.y&wait=3',
      'tenant=a+b&after=x.y&wait=25',
    ])
    expect(calls).toBe(3)
  })

  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'unexpected_response'],
    [405, 'unexpected_response'],
    [204, 'unexpected_response'],
    [206, 'unexpected_response'],
    [301, 'redirect_refused'],
    [307, 'redirect_refused'],
    [304, 'unexpected_response'],
    [408, 'unavailable'],
    [410, 'cursor_gone'],
    [421, 'unavailable'],
    [425, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
  ])('that responds %i causes %s, and a redirect is not followed', async (status, code) => {
    await using trap = await listen((_, response) => sendJson(response, page))
    await using server = await listen((_, response) => {
      sendJson(response, page, status, { location: trap.url })
    })
    expect(await failureOf(server.url)).toMatchObject({
      code,
      status,
      message: expect.stringContaining(String(status)),
    })
    expect(trap.requests).toEqual([])
  })

  test.each([
    ['7', 7_000],
    ['0', undefined],
    ['-1', undefined],
    ['soon', undefined],
    [new Date(Date.now() + 60_000).toUTCString(), 60_000],
    [new Date(Date.now() - 60_000).toUTCString(), undefined],
  ])('that sends Retry-After: %s sets retryAfterMs to %s', async (value, ms) => {
    await using server = await listen((_, response) => sendJson(response, {}, 503, { 'retry-after': value }))
    const { retryAfterMs } = await failureOf(server.url)
    if (ms === undefined) expect(retryAfterMs).toBeUndefined()
    else expect(Math.abs((retryAfterMs as number) - ms)).toBeLessThanOrEqual(5_000)
  })

  test.each([
    ['an empty body', ''],
    ['a web page', '<!doctype html>'],
    ['half an answer', '{"entries":['],
    ['a body that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x00])],
  ])('that sends %s as a success is refused', async (_, body) => {
    await using server = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    expect(await failureOf(server.url)).toMatchObject({ code: 'unexpected_response' })
  })

  test('that sends too much is dropped, whatever length it declares, even compressed', async () => {
    const large = Buffer.alloc(12_000_000, ' ')
    await using plain = await listen((_, response) => response.writeHead(200).end(large))
    await using bomb = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200_000_000, ' ')))
    })
    await using endless = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(65_536, ' ')
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', write)
      }
      write()
    })
    for (const { url } of [plain, bomb, endless]) {
      expect(await failureOf(url, { timeoutMs: 60_000 })).toMatchObject({
        code: 'unexpected_response',
        message: expect.stringContaining('too much'),
      })
    }
  })

  test('that sends nothing, or trickles, ends with a timeout', async () => {
    await using silent = await listen(() => {})
    await using trickling = await listen((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    for (const { url } of [silent, trickling]) {
      // These servers never end the connection, so the end of this test is the proof.
      expect(await failureOf(url, { timeoutMs: 200 })).toMatchObject({ code: 'timeout' })
    }
  })

  test('that disconnects, or cannot be reached, causes an error with the reason', async () => {
    await using rude = await listen((_, response) => response.destroy())
    await using torn = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"entries":', () => response.destroy())
    })
    for (const { url } of [rude, torn]) expect(await failureOf(url)).toMatchObject({ code: 'network' })
    const gone = await listen(() => {})
    await gone[Symbol.asyncDispose]()
    expect(await failureOf(gone.url)).toMatchObject({
      code: 'network',
      message: `The feed at ${gone.url} could not be reached (ECONNREFUSED).`,
    })
  })

  test('gets half a timeout more than its requested wait', async () => {
    await using server = await listen((_, response) => setTimeout(() => sendJson(response, page), 600))
    const source = revocationFeed(server.url, { timeoutMs: 300 })
    expect(await source.read({ after: 'a', waitMs: 1_000, signal: never })).toEqual(page)
    await expect(source.read({ after: 'a', waitMs: 0, signal: never })).rejects.toMatchObject({ code: 'timeout' })
  })

  test('is no longer read once the reader stops', async () => {
    await using server = await listen(() => {})
    const controller = new AbortController()
    const reading = revocationFeed(server.url).read({ waitMs: 25_000, signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await expect(reading).rejects.toMatchObject({ name: 'RevocationError' })
  })

  test('is refused if a custom fetch followed a redirect', async () => {
    await using target = await listen((_, response) => sendJson(response, page))
    await using server = await listen((_, response) => response.writeHead(302, { location: target.url }).end())
    const following: typeof globalThis.fetch = (url, init) => fetch(url, { ...init, redirect: 'follow' })
    expect(await failureOf(server.url, { fetch: following })).toMatchObject({ code: 'redirect_refused' })
  })
})

describe('the options of a feed', () => {
  test.each([
    'http://feed.example.com/',
    'ftp://feed.example.com/',
    'feed.example.com',
    '',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://[::2]/',
    `https://user:${SECRET}@feed.example.com/`,
    `https://${SECRET}@feed.example.com/`,
    `https://feed.example.com/#${SECRET}`,
  ])('refuse the address %s', (url) => {
    let error: unknown
    try {
      revocationFeed(url)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ name: 'RevocationError', code: 'invalid_options' })
    expect(String(error)).not.toContain(SECRET)
  })

  test.each([
    'http://localhost:1/',
    'http://feed.localhost/',
    'http://127.9.9.9/',
    'http://[::1]/',
    'https://x.example/',
  ])('allow the address %s', (url) => {
    expect(() => revocationFeed(url)).not.toThrow()
    expect(() => revocationFeed('http://feed.example.com/', { allowInsecureHttp: true })).not.toThrow()
  })

  test.each([`Bearer ${SECRET}\r\nx: y`, `Bearer ${SECRET}ü`, '', ' ', ` ${SECRET}`, 7, null])(
    'refuse the authorization %j, and do not repeat it',
    async (authorization) => {
      const options = { authorization: authorization as string }
      expect(() => revocationFeed('https://feed.example.com/', options)).toThrow(/authorization must be/)
      const later = await failureOf('http://127.0.0.1:9/', { authorization: () => authorization as string })
      expect(later).toMatchObject({ code: 'unauthorized' })
    },
  )

  test('hide an error that authorization() throws', async () => {
    const authorization = (): string => {
      throw new Error(`no ${SECRET}`)
    }
    expect(await failureOf('http://127.0.0.1:9/', { authorization })).toMatchObject({ code: 'unavailable' })
  })

  test('do not give up if authorization() fails, and name the code of the reason', async () => {
    const authorization = async (): Promise<string> => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
    }
    const { code, message } = await failureOf('http://127.0.0.1:9/', { authorization })
    expect([code, message]).toEqual(['unavailable', 'authorization() failed (ECONNREFUSED).'])
  })

  test('say that a cache answered, as no one asked it to', async () => {
    await using server = await listen((_, response) => response.writeHead(304).end())
    expect((await failureOf(server.url)).message).toMatch(/answered with HTTP 304 from a cache\.$/)
  })

  test.each([0, -1, Number.NaN, 86_400_001])('refuse a timeoutMs of %j', (timeoutMs) => {
    expect(() => revocationFeed('https://x.example/', { timeoutMs: timeoutMs as number })).toThrow(/timeoutMs/)
  })
})
