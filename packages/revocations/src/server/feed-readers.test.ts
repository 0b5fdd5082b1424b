import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RevocationEntry } from '../entry.ts'
import type { RevocationPage } from '../source.ts'
import { withContract } from '../testing/contract.ts'
import { createRevocationFeedHandler, type RevocationFeedHandlerOptions } from './feed-handler.ts'
import type { RevocationLog } from './log.ts'
import { openRevocationLog } from './open-log.ts'

let log: RevocationLog
let cursor: string
beforeEach(async () => {
  log = await openRevocationLog({ store: { memory: true } })
  await log.append(entry('first'))
  cursor = (await log.read({ waitMs: 0, signal: new AbortController().signal })).cursor
})
afterEach(() => log.close())

const until = Math.floor(Date.now() / 1000) + 3600
const entry = (jti: string): RevocationEntry => ({ iss: 'https://id.example.com', jti, until })
const request = (query = '', init: RequestInit = {}): Request =>
  new Request(`https://feed.example.com/revocations${query}`, init)

describe('a feed with many readers', () => {
  test('refuses readers beyond its limit, and accepts readers again after others have left', async () => {
    const handler = withContract(createRevocationFeedHandler({ log, authorize: () => true, maxOpen: 2 }))
    const leaving = new AbortController()
    const waiting = [1, 2].map(() => handler(request(`?after=${cursor}&wait=20`, { signal: leaving.signal })))
    const refused = await handler(request())
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'busy' })
    leaving.abort()
    await Promise.all(waiting)
    expect((await handler(request())).status).toBe(200)
  })

  test.each([
    ['authorize', { authorize: () => new Promise<boolean>(() => {}) }],
    ['log.read', { log: { read: () => new Promise<RevocationPage>(() => {}) } }],
  ])('accepts readers again after others have left while %s hung', async (_, broken) => {
    let hangs = true
    const well: Pick<RevocationFeedHandlerOptions, 'log' | 'authorize'> = { log, authorize: () => true }
    const handler = createRevocationFeedHandler({
      maxOpen: 1,
      authorize: (one) => (hangs ? { ...well, ...broken } : well).authorize(one),
      log: { read: (one) => (hangs ? { ...well, ...broken } : well).log.read(one) },
    })
    const leaving = new AbortController()
    const waiting = handler(request('', { signal: leaving.signal }))
    expect((await handler(request())).status).toBe(503)
    hangs = false
    leaving.abort()
    await waiting
    expect((await handler(request())).status).toBe(200)
  })

  test('rejects a thousand invented cursors, while waiting readers keep waiting', async () => {
    const feed = createRevocationFeedHandler({ log, authorize: () => true })
    const waiting = feed(request(`?after=${cursor}&wait=20`))
    const [history = '', place = ''] = cursor.split('.')
    const flood = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => feed(request(`?after=${history}x.${place}${index}&wait=25`))),
    )
    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([410]))
    await log.append(entry('after the flood'))
    const page = (await (await waiting).json()) as RevocationPage
    expect(page.entries).toEqual([expect.objectContaining({ jti: 'after the flood' })])
  })

  test('has room for others when a thousand readers have disconnected, and returns the same to all others', async () => {
    const handler = createRevocationFeedHandler({ log, authorize: () => true, maxOpen: 1_000 })
    const wait = `?after=${cursor}&wait=25`
    for (let round = 0; round < 3; round++) {
      const leaving = new AbortController()
      const gone = Array.from({ length: 1_000 }, () => handler(request(wait, { signal: leaving.signal })))
      await sleep(20)
      leaving.abort()
      await Promise.all(gone)
    }
    const stayed = Array.from({ length: 1_000 }, () => handler(request(wait)))
    await sleep(20)
    expect((await handler(request())).status).toBe(503)
    await log.append(entry('for those who stayed'))
    const bodies = await Promise.all(stayed.map(async (answer) => (await answer).text()))
    expect(new Set(bodies).size).toBe(1)
    expect(bodies[0]).toContain('for those who stayed')
  })
})
