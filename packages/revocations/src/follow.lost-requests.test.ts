import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RevocationError } from './errors.ts'
import { revocationFeed } from './feed.ts'
import type { RevocationSource } from './source.ts'
import { listen, sendJson } from './testing/loopback-server.ts'
import { follow, page, until } from './testing/scripted-source.ts'

const never = new AbortController().signal

describe('a quiet list stays fresh', () => {
  test('while its source waits as long as it may, and responds late', async () => {
    const source: RevocationSource = {
      async read({ waitMs }) {
        await sleep(waitMs && waitMs + 50)
        return page()
      },
    }
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    await sleep(2_500)
    expect(list.events.map(({ type }) => type)).toEqual(['snapshot', 'fresh'])
  })

  test('behind a proxy that allows no wait', async () => {
    let reads = 0
    const source: RevocationSource = {
      async read({ waitMs }) {
        reads++
        if (waitMs === 0) return page()
        await sleep(100)
        throw new RevocationError('network', 'x')
      },
    }
    const list = follow({ source, maxStalenessMs: 1_000 })
    await list.ready
    await sleep(2_500)
    expect(new Set(list.events.map(({ type }) => type))).toEqual(new Set(['snapshot', 'fresh', 'failed']))
    expect(reads).toBeLessThan(30)
  })

  test('if one response of a feed is lost', async () => {
    let requests = 0
    await using server = await listen(({ url = '' }, response) => {
      requests++
      if (requests !== 3) setTimeout(() => sendJson(response, page()), url.includes('wait=') ? 1_000 : 0)
    })
    const list = follow({ source: revocationFeed(server.url), maxStalenessMs: 4_000 })
    await list.ready
    await until(() => requests === 5)
    expect(list.events.map(({ type }) => type)).toEqual(['snapshot', 'fresh', 'failed'])
  })
})

test.each([
  ['authorization', { authorization: () => new Promise<string>(() => {}) }],
  ['fetch', { fetch: () => new Promise<Response>(() => {}) }],
  ['the body', { fetch: async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })) }],
])('a feed is not waited for longer than timeoutMs if %s never ends', async (_, options) => {
  const source = revocationFeed('http://127.0.0.1:1/', { timeoutMs: 100, ...options })
  await expect(source.read({ waitMs: 0, signal: never })).rejects.toMatchObject({ code: 'timeout' })
})
