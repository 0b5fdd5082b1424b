import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test } from 'vitest'
import { createClient, createLogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import { verifyPatience } from './verify-patience.ts'

const active = (value: boolean): Answer => always(200, { active: value })

/** A provider that introspects and revokes as told; by default, it reports success. */
function provider(introspect: Answer, revoke: Answer = always(200)): Promise<LoopbackServer> {
  return listen((request, response, message) =>
    (request.path === '/revoke' ? revoke : introspect)(request, response, message),
  )
}

const endpointsOf = ({ origin }: LoopbackServer) => ({
  revocation: `${origin}/revoke`,
  introspection: `${origin}/introspect`,
})

const pathsOf = ({ requests }: LoopbackServer) => requests.map(({ path }) => path.slice(1)).join(' ')

describe('verification', () => {
  test('proves a revocation at a real provider', async () => {
    await using emulator = await startEmulator()
    const { appId, appSecret = '' } = emulator.app
    const client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost })
    const { accessToken, refreshToken } = await emulator.signIn('alice')
    const { revoked, tokens } = await client.logout({ accessToken, refreshToken }, { verify: true })
    expect(revoked).toBe(true)
    expect(tokens).toMatchObject([
      { state: 'verified', tokenType: 'refresh_token' },
      { state: 'verified', tokenType: 'access_token' },
    ])
    expect(tokens[0]).not.toHaveProperty('error')
  })

  test('introspects before and after', async () => {
    await using server = await provider(inTurn(active(true), active(false)))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    expect(await client.revokeToken('x', { verify: true, tokenTypeHint: 'access_token' })).toBe(true)
    expect(pathsOf(server)).toBe('introspect revoke introspect')
    for (const { body } of server.requests) expect(body.toString()).toContain('token_type_hint=access_token')
  })

  test('is skipped unless it is requested', async () => {
    await using server = await provider(active(true))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    expect(await client.revokeToken('x', { verify: false })).toBe(true)
    expect(pathsOf(server)).toBe('revoke')
  })

  test('introspects again while the token is still active, with growing delays, up to its patience', async () => {
    await using server = await provider(active(true))
    const clock = manualClock()
    const asked: number[] = []
    const onEvent = ({ type, operation }: LogoutEvent) => {
      if (type !== 'outcome' || operation !== 'introspect') return
      asked.push(clock.now())
      // There is no wait after the introspection before the revocation; after the others, the wait begins now.
      if (asked.length > 1) setImmediate(() => clock.advanceToNext())
    }
    const client = createClient({ appId: 'app', endpoints: endpointsOf(server), onEvent }, clock)
    expect(await client.revokeToken('x', { verify: { withinMs: 4_000 } })).toBe(false)
    const waits = asked.slice(1).map((at, index) => at - Number(asked[index]))
    expect(waits).toEqual([0, 100, 200, 400, 800, 1_000, 1_000])
    expect(pathsOf(server)).toBe(`introspect revoke${' introspect'.repeat(7)}`)
  })

  test('returns false for revokeToken() and live for logout() when the token stays active', async () => {
    await using server = await provider(active(true))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    expect(await client.revokeToken('x', { verify: { withinMs: 0 } })).toBe(false)
    expect(pathsOf(server)).toBe('introspect revoke introspect')
    const { revoked, tokens } = await client.logout({ accessToken: 'x' }, { verify: { withinMs: 0 } })
    expect(revoked).toBe(false)
    const error = { code: 'unverified', tokenMayBeLive: true, status: 200 }
    expect(tokens).toMatchObject([{ state: 'live', revoked: false, attempts: 1, error }])
  })

  test('accepts a token that becomes inactive with a delay as revoked', async () => {
    await using server = await provider(inTurn(active(true), active(true), active(true), active(false)))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    expect(await client.revokeToken('x', { verify: true })).toBe(true)
    expect(pathsOf(server)).toBe('introspect revoke introspect introspect introspect')
  })

  test.each<[string, Answer, boolean, string]>([
    ['the token was inactive before', active(false), false, 'introspect revoke'],
    ['the provider refused to answer before', always(401), true, 'introspect revoke'],
    ['the provider failed before', always(503), true, 'introspect introspect introspect revoke'],
    ['the provider gave no usable answer before', always(200, {}), true, 'introspect revoke'],
    ['the provider refused to answer after', inTurn(active(true), always(403)), true, 'introspect revoke introspect'],
  ])(
    'is no proof when %s: the revocation is accepted, and an error states why',
    async (_what, introspect, tokenMayBeLive, paths) => {
      await using server = await provider(introspect)
      const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
      const { revoked, tokens } = await client.logout({ accessToken: 'x' }, { verify: true })
      expect(revoked).toBe(true)
      const error = { code: 'unverified', tokenMayBeLive }
      expect(tokens).toMatchObject([{ state: 'accepted', revoked: true, attempts: 1, status: 200, error }])
      expect(pathsOf(server)).toBe(paths)
      const thrown = await logoutErrorOf(() => client.revokeToken('x', { verify: true }))
      expect(thrown).toMatchObject(error)
    },
  )

  test("keeps the provider's reason as the cause", async () => {
    await using server = await provider(always(401))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    const error = await logoutErrorOf(() => client.revokeToken('x', { verify: true }))
    expect(error.cause).toMatchObject({ code: 'client_auth_failed', status: 401 })
  })

  test('is no proof without an introspection endpoint', async () => {
    await using server = await provider(active(true))
    const { revocation } = endpointsOf(server)
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation } })
    const error = await logoutErrorOf(() => client.revokeToken('x', { verify: true }))
    expect(error).toMatchObject({ code: 'unverified', cause: { code: 'endpoint_missing' } })
    expect(pathsOf(server)).toBe('revoke')
  })

  test('never prevents the revocation, or hides its failure', async () => {
    await using server = await provider(active(true), always(400, { error: 'invalid_request' }))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    expect(await logoutErrorOf(() => client.revokeToken('x', { verify: true }))).toMatchObject({ code: 'rejected' })
    expect(pathsOf(server)).toBe('introspect revoke introspect')
  })

  test('reports a token as revoked that was refused but became inactive', async () => {
    await using server = await provider(inTurn(active(true), active(false)), always(400, { error: 'invalid_request' }))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    const { revoked, tokens } = await client.logout({ accessToken: 'x' }, { verify: true })
    expect(revoked).toBe(true)
    expect(tokens[0]).toMatchObject({ state: 'verified', status: 400 })
    expect(tokens[0]).not.toHaveProperty('error')
  })

  test.each<[string, boolean, string]>([
    ['verified when the request had arrived', false, 'verified'],
    ['live when it had not', true, 'live'],
  ])('determines the outcome of a token whose response was lost: %s', async (_what, after, state) => {
    const lost: Answer = (_request, response) => response.destroy()
    await using server = await provider(inTurn(active(true), active(after)), lost)
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server), retries: 0 })
    const { tokens } = await client.logout({ accessToken: 'x' }, { verify: true })
    expect(tokens).toMatchObject([{ state, attempts: 1 }])
  })

  test('leaves time for the revocation if introspection hangs', async () => {
    await using server = await provider(() => {})
    const clock = manualClock()
    const client = createClient({ appId: 'app', endpoints: endpointsOf(server), deadlineMs: 3_000 }, clock)
    const result = client.logout({ accessToken: 'x' }, { verify: true })
    while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 1))
    clock.advance(1_000)
    const { tokens } = await result
    expect(tokens).toMatchObject([{ state: 'accepted', error: { code: 'unverified', cause: { code: 'timeout' } } }])
    expect(pathsOf(server)).toBe('introspect revoke')
  })

  test('ends immediately when the signal aborts, and the revocation stays accepted', async () => {
    await using server = await provider(active(true))
    const controller = new AbortController()
    const clock = manualClock()
    const onEvent = (event: LogoutEvent) => {
      // Between the first introspection after the revocation and the second.
      if (event.type === 'outcome' && server.requests.length === 3) setImmediate(() => controller.abort())
    }
    const client = createClient({ appId: 'app', endpoints: endpointsOf(server), onEvent }, clock)
    const { tokens } = await client.logout({ accessToken: 'x' }, { verify: true, signal: controller.signal })
    const error = { code: 'unverified', tokenMayBeLive: true, cause: { code: 'aborted' } }
    expect(tokens).toMatchObject([{ state: 'accepted', error }])
    expect(clock.pending).toBe(0)
  })

  test('introspects all tokens of a session before it revokes the first', async () => {
    await using server = await provider(inTurn(active(true), active(true), active(false)))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    const { tokens } = await client.logout({ accessToken: 'a', refreshToken: 'r' }, { verify: true })
    expect(tokens.map(({ state }) => state)).toEqual(['verified', 'verified'])
    expect(pathsOf(server)).toBe('introspect introspect revoke introspect revoke introspect')
  })

  test('does not introspect a value that cannot be a token', async () => {
    await using server = await provider(active(true))
    const client = createLogoutClient({ appId: 'app', endpoints: endpointsOf(server) })
    const error = await logoutErrorOf(() => client.revokeToken('line\n', { verify: true }))
    expect(error.code).toBe('invalid_argument')
    expect(server.requests).toEqual([])
  })
})

describe('verifyPatience()', () => {
  test.each([
    [undefined, undefined],
    [false, undefined],
    [true, 5_000],
    [{}, 5_000],
    [{ withinMs: undefined }, 5_000],
    [{ withinMs: 0 }, 0],
    [{ withinMs: 86_400_000 }, 86_400_000],
  ])('reads %o as %s', (verify, patience) => {
    expect(verifyPatience(verify)).toBe(patience)
  })

  test.each([-1, 86_400_001, Number.NaN, '5', 5n, null, Symbol('5')])('refuses %o', async (withinMs) => {
    const error = await logoutErrorOf(() => verifyPatience({ withinMs: withinMs as number }))
    expect(error.code).toBe('invalid_argument')
    expect(error.message).toMatch(/withinMs/)
  })
})
