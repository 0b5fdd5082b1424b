import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { Revocation } from './revocation.ts'
import { type LoopbackServer, listen } from './testing/loopback-server.ts'
import type { BulkToken } from './token-source.ts'

type Refuse = (path: string, token: string) => [status: number, headers?: Record<string, string>] | undefined

/** A provider with tokens that are active until they are revoked, unless it refuses to respond. */
async function provider(refuse: Refuse, gone: Iterable<string> = []) {
  const revoked = new Set<string>(gone)
  const server = await listen((request, response: ServerResponse) => {
    const token = new URLSearchParams(request.body.toString()).get('token') ?? ''
    const refusal = refuse(request.path, token)
    if (refusal) {
      response.writeHead(refusal[0], refusal[1]).end()
      return
    }
    if (request.path === '/revoke') revoked.add(token)
    response.setHeader('content-type', 'application/json')
    response.end(request.path === '/revoke' ? '' : JSON.stringify({ active: !revoked.has(token) }))
  })
  return { server, revoked }
}

async function verifyAll({ origin }: LoopbackServer, tokens: readonly BulkToken[]): Promise<Revocation[]> {
  const endpoints = { revocation: `${origin}/revoke`, introspection: `${origin}/introspect` }
  const client = createLogoutClient({ appId: 'app', endpoints })
  const found: Revocation[] = []
  for await (const revocation of client.revokeTokens(tokens, { verify: true, concurrency: 8 })) found.push(revocation)
  return found
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `token-${at}`)

/** Refuses the first requests for each token on one side of its revocation. */
function first(times: number, side: 'before' | 'after', ...refusal: NonNullable<ReturnType<Refuse>>): Refuse {
  const asked = new Map<string, number>()
  const sent = new Set<string>()
  return (path, token) => {
    if (path === '/revoke') {
      sent.add(token)
      return undefined
    }
    if (sent.has(token) !== (side === 'after')) return undefined
    const count = (asked.get(token) ?? 0) + 1
    asked.set(token, count)
    return count <= times ? refusal : undefined
  }
}

describe('revokeTokens() with verify', () => {
  test.each<[string, Refuse]>([
    ['429 before', first(1, 'before', 429)],
    ['429 with Retry-After before', first(2, 'before', 429, { 'retry-after': '0' })],
    ['429 after', first(1, 'after', 429)],
    ['503 with Retry-After after', first(2, 'after', 503, { 'retry-after': '0' })],
    ['502 before', first(2, 'before', 502)],
    ['502 after', first(2, 'after', 502)],
  ])('proves every token at a provider that answers %s', async (_what, refuse) => {
    const { server } = await provider(refuse)
    await using _ = server
    const found = await verifyAll(server, names(6))
    expect(found.map(({ state }) => state)).toEqual(Array(6).fill('verified'))
    expect(found.map(({ attempts, wasActive }) => ({ attempts, wasActive }))).toEqual(
      Array(6).fill({ attempts: 1, wasActive: true }),
    )
    // No token is revoked twice in order to verify it.
    expect(server.requests.filter(({ path }) => path === '/revoke')).toHaveLength(6)
  })

  test('reports the known state of a token without proof, and proves it later from that state', async () => {
    const { server, revoked } = await provider(first(99, 'after', 403))
    await using _ = server
    const [found] = await verifyAll(server, ['token-0'])
    expect(found).toMatchObject({ state: 'accepted', wasActive: true, error: { code: 'unverified' } })
    const later = await provider(() => undefined, revoked)
    await using __ = later.server
    expect(await verifyAll(later.server, [{ token: 'token-0', wasActive: true }])).toMatchObject([
      { state: 'verified' },
    ])
    // Without that, the token could not be distinguished from one that never was active.
    expect(await verifyAll(later.server, ['token-0'])).toMatchObject([{ state: 'accepted', revoked: true }])
  })

  test('does not revoke a token while the provider throttles the introspection before it', async () => {
    const { server } = await provider((path) => (path === '/introspect' ? [429, { 'retry-after': '3600' }] : undefined))
    await using _ = server
    expect(await verifyAll(server, ['token-0'])).toMatchObject([{ state: 'live', error: { code: 'rate_limited' } }])
    expect(server.requests.filter(({ path }) => path === '/revoke')).toHaveLength(0)
  })
})
