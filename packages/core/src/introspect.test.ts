import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, inTurn, listen } from './testing/loopback-server.ts'

describe('introspectToken()', () => {
  test('describes an active token, and reports a revoked one as inactive', async () => {
    await using emulator = await startEmulator()
    const { appId, appSecret = '' } = emulator.app
    const client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost })
    const { accessToken } = await emulator.signIn('alice')
    const found = await client.introspectToken(accessToken, { tokenTypeHint: 'access_token', strict: true })
    expect(found).toMatchObject({ active: true, sub: 'alice', client_id: appId })
    await client.revokeToken(accessToken)
    expect(await client.introspectToken(accessToken)).toEqual({ active: false })
  })

  test('sends token, hint and strict, the last two only if they are given', async () => {
    await using server = await listen(always(200, { active: true }))
    const endpoints = { revocation: server.origin, introspection: `${server.origin}/introspect` }
    const client = createLogoutClient({ appId: 'app', endpoints })
    await client.introspectToken('x', { tokenTypeHint: 'refresh_token', strict: false })
    await client.introspectToken('x')
    const forms = server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())))
    expect(forms).toEqual([
      { token: 'x', token_type_hint: 'refresh_token', strict: 'false', client_id: 'app' },
      { token: 'x', client_id: 'app' },
    ])
  })

  test('does not mistake a refusal for inactive', async () => {
    await using emulator = await startEmulator()
    const { appId } = emulator.app
    const client = createLogoutClient({ appId, appSecret: 'wrong', appHost: emulator.appHost })
    const error = await logoutErrorOf(() => client.introspectToken('a token'))
    expect(error).toMatchObject({ code: 'client_auth_failed', status: 401, providerError: 'invalid_client' })
  })

  test('does not accept a response without a boolean', async () => {
    await using server = await listen(always(200, { active: 'true' }))
    const endpoints = { revocation: server.origin, introspection: server.origin }
    const client = createLogoutClient({ appId: 'app', endpoints })
    expect((await logoutErrorOf(() => client.introspectToken('x'))).code).toBe('unexpected_response')
  })

  test('reports its failure in events', async () => {
    await using server = await listen(always(403, '', { 'x-request-id': 'id-1' }))
    const events: LogoutEvent[] = []
    const endpoints = { revocation: server.origin, introspection: server.origin }
    const client = createLogoutClient({ appId: 'app', endpoints, onEvent: (event) => events.push(event) })
    await logoutErrorOf(() => client.introspectToken('x'))
    const told = { operation: 'introspect', code: 'rejected', status: 403, requestId: 'id-1' }
    expect(events).toMatchObject([{ type: 'start' }, { ...told, type: 'attempt' }, { ...told, type: 'outcome' }])
  })

  test('retries if that can help', async () => {
    await using server = await listen(inTurn(always(503, '', { 'retry-after': '0' }), always(200, { active: false })))
    const endpoints = { revocation: server.origin, introspection: server.origin }
    expect(await createLogoutClient({ appId: 'app', endpoints }).introspectToken('x')).toEqual({ active: false })
    expect(server.requests).toHaveLength(2)
  })

  test.each<[string, unknown, object]>([
    ['no token', undefined, {}],
    ['a token with a line break', 'x\n', {}],
    ['a wrong hint', 'x', { tokenTypeHint: 'two words' }],
    ['a wrong limit', 'x', { retries: -1 }],
  ])('refuses %s', async (_what, token, options) => {
    await using server = await listen(always(200, { active: true }))
    const client = createLogoutClient({ appId: 'app', appHost: server.origin })
    expect((await logoutErrorOf(() => client.introspectToken(token as string, options))).code).toBe('invalid_argument')
    expect(server.requests).toEqual([])
  })
})
