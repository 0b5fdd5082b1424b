import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { preload } from './preload.ts'
import { listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import { OIDC, pathsOf } from './testing/metadata-server.ts'

// Then, work in the background waits for responses only.
beforeAll(preload)

describe('discovery', () => {
  describe('metadata that moves', () => {
    /** A provider whose endpoint is at `/1`, then at `/2`: each time that it is asked for metadata, at the next. */
    async function moving() {
      const provider = {
        metadataStatus: 200,
        stated: (url: string): unknown => url,
        missing: '',
        gone: [404, '', {}] as [number, string, object],
      }
      let version = 0
      const server = await listen(({ path }, response) => {
        const isMetadata = path === OIDC
        const [gone, page, headers] = provider.gone
        if (path === provider.missing) return void response.writeHead(gone, { ...headers }).end(page)
        response.statusCode = isMetadata ? provider.metadataStatus : 200
        const { origin } = server
        const url = provider.stated(`${origin}/${isMetadata ? ++version : 0}`)
        const found = { issuer: origin, revocation_endpoint: url }
        response.end(isMetadata ? JSON.stringify(found) : '')
      })
      const clock = manualClock()
      let underWay = 0
      const counted: typeof fetch = async (input, init) => {
        underWay++
        try {
          const response = await fetch(input, init)
          return new Response(await response.arrayBuffer(), response)
        } finally {
          underWay--
        }
      }
      const client = createClient({ appId: 'app', issuer: server.origin, retries: 0, fetch: counted }, clock)
      /** Revokes, waits for what happens in the background, and says where the token went. */
      const revoke = async (): Promise<string | undefined> => {
        await client.revokeToken('a token').catch(() => {})
        const asked = server.requests.findLast(({ path }) => /^\/\d$/.test(path))?.path
        while (underWay > 0) await sleep(1)
        // The response is in memory. Reading it takes no more than this.
        for (let turn = 0; turn < 10; turn++) await nextTurn()
        return asked
      }
      const fetched = () => pathsOf(server).filter((path) => path === OIDC).length
      return {
        server,
        client,
        provider,
        clock,
        revoke,
        fetched,
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    }

    test('is fetched again after an hour, while the old document remains in use', async () => {
      await using moved = await moving()
      const { clock, revoke, fetched } = moved
      expect(await revoke()).toBe('/1')
      clock.advance(3_599_999)
      expect(await revoke()).toBe('/1')
      expect(fetched()).toBe(1)
      clock.advance(1)
      expect(await revoke()).toBe('/1')
      expect(await revoke()).toBe('/2')
      expect(fetched()).toBe(2)
    })

    test('remains in use when fetching it again fails, which is retried a minute later', async () => {
      await using moved = await moving()
      const { provider, clock, revoke, fetched } = moved
      await revoke()
      provider.metadataStatus = 400
      clock.advance(3_600_000)
      expect([await revoke(), await revoke(), fetched()]).toEqual(['/1', '/1', 2])
      provider.metadataStatus = 200
      clock.advance(60_000)
      expect([await revoke(), fetched()]).toEqual(['/1', 3])
      expect(await revoke()).toBe('/3')
    })

    test.each<[string, unknown]>([
      ['empty', ''],
      ['relative', '/2'],
      ['http', 'http://id.example.com/2'],
      ['a number', 7],
    ])(
      'keeps the endpoint if its new address cannot be used, and is fetched again a minute later: %s',
      async (_what, url) => {
        await using moved = await moving()
        const { provider, clock, revoke, fetched } = moved
        await revoke()
        provider.stated = () => url
        clock.advance(3_600_000)
        expect([await revoke(), await revoke(), fetched()]).toEqual(['/1', '/1', 2])
        clock.advance(60_000)
        expect([await revoke(), await revoke(), fetched()]).toEqual(['/1', '/1', 3])
        provider.stated = (moved) => moved
        clock.advance(60_000)
        expect([await revoke(), await revoke(), fetched()]).toEqual(['/1', '/4', 4])
      },
    )

    test('no longer has an endpoint that it no longer lists', async () => {
      await using moved = await moving()
      const { provider, clock, revoke, client } = moved
      await revoke()
      provider.stated = () => undefined
      clock.advance(3_600_000)
      expect(await revoke()).toBe('/1')
      await expect(client.revokeToken('a token')).rejects.toMatchObject({ code: 'endpoint_missing' })
    })

    test.each<[number, string, object]>([
      [404, '', {}],
      [404, '{"message":"Not Found"}', {}],
      [404, '<html><head><title>404 Not Found</title></head>', {}],
      [404, '<!DOCTYPE html><html><body><pre>Cannot POST /1</pre></body></html>', {}],
      [404, '404 page not found', { 'content-type': 'text/plain' }],
      [405, '<html>', {}],
      [410, 'Gone', {}],
      ...[301, 302, 307, 308].map((status): [number, string, object] => [status, '', { location: '/2' }]),
    ])('is fetched again after an endpoint returned %i %j', async (...gone) => {
      await using moved = await moving()
      const { provider, clock, revoke } = moved
      await revoke()
      Object.assign(provider, { missing: '/1', gone })
      clock.advance(60_000)
      expect([await revoke(), await revoke()]).toEqual(['/1', '/2'])
    })

    test.each([400, 401, 403, 500])('is not fetched again after an endpoint returned %i', async (status) => {
      await using moved = await moving()
      const { provider, clock, revoke, fetched } = moved
      await revoke()
      Object.assign(provider, { missing: '/1', gone: [status, '', {}] })
      clock.advance(60_000)
      expect([await revoke(), fetched()]).toEqual(['/1', 1])
    })

    test('is fetched again after a missing endpoint, at most once a minute', async () => {
      await using moved = await moving()
      const { provider, clock, revoke, fetched } = moved
      await revoke()
      provider.missing = '/1'
      expect([await revoke(), fetched()]).toEqual(['/1', 1])
      clock.advance(60_000)
      expect([await revoke(), fetched()]).toEqual(['/1', 2])
      expect([await revoke(), fetched()]).toEqual(['/2', 2])
    })
  })
})
