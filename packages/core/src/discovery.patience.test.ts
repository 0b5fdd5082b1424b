import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { always, type LoopbackServer } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import { OIDC, pathsOf, routes } from './testing/metadata-server.ts'

/** A provider that holds requests for its metadata until the test answers them, and a client of it. */
async function slowProvider() {
  const held: ServerResponse[] = []
  const server: LoopbackServer = await routes(() => ({
    [OIDC]: (_request, response) => void held.push(response),
    '/revoke': always(200),
  }))
  const clock = manualClock()
  const client = createClient({ appId: 'app', issuer: server.origin }, clock)
  return {
    clock,
    /** Logs out, and returns the state of the token. */
    logout: async (): Promise<string | undefined> => {
      const { tokens } = await client.logout({ accessToken: 'an-access-token' }, { deadlineMs: 12_000 })
      return tokens[0]?.state
    },
    answer: (request: number) => {
      const { origin } = server
      held[request]?.end(JSON.stringify({ issuer: origin, revocation_endpoint: `${origin}/revoke` }))
    },
    asked: () => pathsOf(server).filter((path) => path === OIDC).length,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('metadata that takes longer than a call waits for the fetch of another', () => {
  test.each<[ms: number, requests: number, everyMs: number]>([
    [2_500, 2, 0],
    [4_500, 3, 0],
    [9_500, 5, 0],
    [2_500, 2, 500],
    [9_500, 5, 500],
  ])('serves all calls as soon as it arrives: after %i ms, with %i requests', async (ms, requests, everyMs) => {
    await using provider = await slowProvider()
    const { clock, logout, answer, asked } = provider
    const calls = Array.from({ length: everyMs ? 1 : 10 }, logout)
    for (let passed = 0; passed < ms; passed += 500) {
      await expect.poll(asked, { interval: 1 }).toBe(Math.floor(passed / 2_000) + 1)
      clock.advance(500)
      if (everyMs && calls.length < 10) calls.push(logout())
    }
    answer(0)
    const states = await Promise.all(calls)
    expect(new Set(states)).toEqual(new Set(['accepted']))
    expect(asked()).toBe(requests)
  })

  test('is not needed when a later request is faster, not even for the call that sent the first one', async () => {
    await using provider = await slowProvider()
    const { clock, logout, answer, asked } = provider
    const calls = Array.from({ length: 10 }, logout)
    await expect.poll(asked, { interval: 1 }).toBe(1)
    clock.advance(2_000)
    await expect.poll(asked, { interval: 1 }).toBe(2)
    answer(1)
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['accepted']))
    expect(asked()).toBe(2)
  })
})
