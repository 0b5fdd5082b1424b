import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { Revocation } from './revocation.ts'
import { all, clientOf } from './testing/bulk-client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'
import type { BulkToken } from './token-source.ts'

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
    ['an invalid signal', [], { signal: new AbortController() }],
  ])('refuses %s immediately', (_what, tokens, options) => {
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: 'https://id.example.com/revoke' } })
    expect(() => client.revokeTokens(tokens as BulkToken[], options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
