import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { RevocationEntry } from '../entry.ts'
import { RevocationError } from '../errors.ts'
import type { RevocationPage } from '../source.ts'
import { withContract } from '../testing/contract.ts'
import { bearerAuthorization } from './bearer-authorization.ts'
import { createRevocationFeedHandler, type RevocationFeedEvent, type RevocationFeedHandler } from './feed-handler.ts'
import type { RevocationLog } from './log.ts'
import { openRevocationLog } from './open-log.ts'

const SECRET = 'a-secret-of-the-feed'
const until = Math.floor(Date.now() / 1000) + 3600
const entry = (jti: string): RevocationEntry => ({ iss: 'https://id.example.com', jti, until })

let log: RevocationLog
let events: RevocationFeedEvent[]
let feed: RevocationFeedHandler
const open: RevocationLog[] = []
beforeEach(async () => {
  log = await openRevocationLog({ store: { memory: true } })
  open.push(log)
  events = []
  const onEvent = (event: RevocationFeedEvent): void => void events.push(event)
  feed = withContract(createRevocationFeedHandler({ log, authorize: bearerAuthorization(SECRET), onEvent }))
})
afterAll(() => Promise.all(open.map((log) => log.close())))

const request = (query = '', init: RequestInit = {}): Request =>
  new Request(`https://feed.example.com/revocations${query}`, {
    headers: { authorization: `Bearer ${SECRET}` },
    ...init,
  })
const read = async (query = ''): Promise<RevocationPage> => {
  const response = await feed(request(query))
  expect(response.status).toBe(200)
  return (await response.json()) as RevocationPage
}

describe('a feed', () => {
  test('returns a snapshot in pages, then new entries', async () => {
    await log.append(Array.from({ length: 25_000 }, (_, index) => entry(`t${index}`)))
    const names = new Set<unknown>()
    let page = await read()
    for (let pages = 1; ; pages++) {
      for (const { jti } of page.entries as { jti?: string }[]) names.add(jti)
      expect(page.entries.length).toBeLessThanOrEqual(10_000)
      if (!page.more) {
        expect(pages).toBe(3)
        break
      }
      page = await read(`?after=${page.cursor}`)
    }
    expect(names.size).toBe(25_000)
    expect(await read(`?after=${page.cursor}`)).toMatchObject({ entries: [], more: false })
    await log.append(entry('new'))
    expect(await read(`?after=${page.cursor}`)).toMatchObject({ entries: [entry('new')], more: false })
  })

  test("limits pages to the contract's size, for names of any characters", async () => {
    const name = '\u0001'.repeat(1000)
    await log.append(Array.from({ length: 3_000 }, (_, index) => entry(name + index)))
    let count = 0
    for (let query = ''; ; ) {
      const text = await (await feed(request(query))).text()
      expect(Buffer.byteLength(text)).toBeLessThan(8 * 1024 * 1024)
      const page = JSON.parse(text) as RevocationPage
      count += page.entries.length
      if (!page.more) break
      query = `?after=${page.cursor}`
    }
    expect(count).toBe(3_000)
  })

  test('holds a response back until an entry arrives, and returns it to everyone', async () => {
    const { cursor } = await read()
    const startedAt = performance.now()
    const waiting = Array.from({ length: 200 }, () => read(`?after=${cursor}&wait=25`))
    await sleep(50)
    await log.append(entry('news'))
    for (const page of await Promise.all(waiting)) expect(page.entries).toEqual([entry('news')])
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('holds a response back no longer than requested', async () => {
    const { cursor } = await read()
    const [startedAt, askedAt] = [performance.now(), Date.now()]
    const page = await read(`?after=${cursor}&wait=1`)
    expect(page).toMatchObject({ entries: [], more: false })
    expect(performance.now() - startedAt).toBeGreaterThan(950)
    // Read after the request arrived, and not only at the last query.
    expect(page.as_of * 1000).toBeGreaterThan(askedAt - 500)
  })

  test.each([
    ['POST', 405],
    ['HEAD', 405],
    ['OPTIONS', 405],
    ['PUT', 405],
  ])('refuses %s', async (method, status) => {
    const response = await feed(request('', { method }))
    expect(response.status).toBe(status)
    expect(response.headers.get('allow')).toBe('GET')
  })

  test.each([
    ['nothing', {}],
    ['another secret', { authorization: `Bearer ${SECRET}x` }],
    ['no scheme', { authorization: SECRET }],
    ['another scheme', { authorization: `Basic ${SECRET}` }],
    ['two of them', { authorization: `Bearer ${SECRET}, Bearer ${SECRET}` }],
  ])('is closed to anyone who has %s, for any request', async (_, headers) => {
    for (const query of ['', '?wait=nonsense', '?after=%00']) {
      const response = await feed(request(query, { headers: headers as Record<string, string> }))
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect(events.every((event) => event.type === 'refused' && event.code === 'unauthorized')).toBe(true)
    expect(JSON.stringify(events)).not.toContain(SECRET)
  })

  test.each([
    '?wait=26',
    '?wait=-1',
    '?wait=1.5',
    '?wait=',
    '?wait=x',
    '?wait=1&wait=2',
    '?after=',
    '?after=a%20b',
    '?after=a&after=b',
    `?after=${'x'.repeat(8193)}`,
  ])('reports the problem with %s', async (query) => {
    const response = await feed(request(query))
    expect(response.status).toBe(400)
  })

  test.each(['x', 'abc.0', '00000000.zzz', '-', '~', '.'.repeat(100)])(
    'sends a reader with the cursor %s to the start',
    async (cursor) => {
      expect((await feed(request(`?after=${cursor}`))).status).toBe(410)
    },
  )

  test('rejects a cursor of another log', async () => {
    const other = await openRevocationLog({ store: { memory: true } })
    open.push(other)
    const { cursor } = await other.read({ waitMs: 0, signal: new AbortController().signal })
    expect((await feed(request(`?after=${cursor}`))).status).toBe(410)
  })

  test('is unavailable while the log is, and specifies when to retry', async () => {
    await log.close()
    for (const query of ['', '?wait=5']) {
      const response = await feed(request(query))
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('2')
    }
    const error = new Error('the database says: secret')
    const failing = withContract(
      createRevocationFeedHandler({ log: { read: () => Promise.reject(error) }, authorize: () => true }),
    )
    const response = await failing(request())
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('secret')
  })

  test('is closed if authorize fails, or returns anything but true', async () => {
    const fails = (): never => {
      throw new Error('x')
    }
    const cases: [() => unknown, number][] = [
      [() => Promise.reject(new Error('x')), 503],
      [fails, 503],
      [() => 'yes', 401],
      [() => 1, 401],
      [() => undefined, 401],
      [() => false, 401],
      [async () => true, 200],
    ]
    for (const [authorize, status] of cases) {
      const handler = withContract(createRevocationFeedHandler({ log, authorize: authorize as never }))
      expect((await handler(request())).status).toBe(status)
    }
  })

  test('fails waiting requests when the log closes', async () => {
    const { cursor } = await read()
    const waiting = feed(request(`?after=${cursor}&wait=20`))
    await sleep(20)
    await log.close()
    expect((await waiting).status).toBe(503)
  })

  test('tolerates a failing listener', async () => {
    const onEvent = (): never => {
      throw new RevocationError('closed', 'x')
    }
    const handler = createRevocationFeedHandler({ log, authorize: () => true, onEvent })
    expect((await handler(request())).status).toBe(200)
    expect((await handler(request('?wait=x'))).status).toBe(400)
  })

  const fail = (): never => {
    throw new Error('x')
  }
  test.each<[string, unknown]>([
    ['has a timeout() that throws, as that of a server of Bun', { timeout: fail, requestIP: () => {} }],
    ['throws when it is read', new Proxy({}, { get: fail })],
    ['throws when it is searched', new Proxy({ timeout: () => {} }, { has: fail })],
  ])('tolerates a second argument that %s', async (_, server) => {
    const handler = createRevocationFeedHandler({ log, authorize: () => true, maxOpen: 1 })
    for (let count = 0; count < 3; count++) expect((await handler(request(), server)).status).toBe(200)
  })

  const anyLog = { read: () => {} }
  const wrong: [string, unknown][] = [
    ['log', undefined],
    ['log', {}],
    ['authorize', { log: anyLog }],
    ['maxOpen', { log: anyLog, authorize: () => true, maxOpen: 0 }],
    ['onEvent', { log: anyLog, authorize: () => true, onEvent: 7 }],
  ]
  test.each(wrong)('cannot be created without a valid %s', (name, options) => {
    expect(() => createRevocationFeedHandler(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(name) }),
    )
  })
})
