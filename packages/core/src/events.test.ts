import { createContext, runInContext } from 'node:vm'
import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { emit, type LogoutEvent, type OnEvent } from './events.ts'
import { fingerprintToken } from './fingerprint.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, inTurn, listen } from './testing/loopback-server.ts'

const start: LogoutEvent = { type: 'start', call: 1, operation: 'revoke' }

/** Resembles a promise, but is not one. */
function thenable(then: (resolve: () => void, reject?: (reason: Error) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then })
}

describe('emit()', () => {
  test('passes on the event, frozen', () => {
    let seen: LogoutEvent | undefined
    emit((event: LogoutEvent) => {
      seen = event
    }, start)
    expect(seen).toEqual(start)
    expect(Object.isFrozen(seen)).toBe(true)
  })

  test.each<[string, unknown]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no'))],
    ['rejects in another realm', runInContext('async () => { throw new Error("no") }', createContext())],
    ['returns a promise-like value', () => thenable((_, reject) => reject?.(new Error('no')))],
    [
      'returns a value whose then throws',
      () =>
        thenable(() => {
          throw new Error('no')
        }),
    ],
  ])('ignores the failure of a listener that %s', async (_what, onEvent) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      expect(() => emit(onEvent as OnEvent, { ...start })).not.toThrow()
      await new Promise((done) => setImmediate(done))
      await new Promise((done) => setImmediate(done))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})

describe('the events of a call', () => {
  test('report its start, each attempt, each wait and its outcome, in this order', async () => {
    await using server = await listen(
      inTurn(always(503, '', { 'retry-after': '0' }), always(200, '', { 'x-request-id': 'id-2' })),
    )
    const events: LogoutEvent[] = []
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: `${server.origin}/revoke?tenant=a` },
      onEvent: (event) => events.push(event),
    })
    await client.revokeToken('a token', { tokenTypeHint: 'access_token' })
    const endpoint = `${server.origin}/revoke`
    const base = { call: 1, operation: 'revoke', token: await fingerprintToken('a token') }
    const durationMs = expect.any(Number)
    expect(events).toEqual([
      { ...base, type: 'start' },
      { ...base, type: 'attempt', endpoint, attempt: 1, status: 503, code: 'provider_unavailable', durationMs },
      {
        ...base,
        type: 'retry',
        endpoint,
        attempt: 1,
        code: 'provider_unavailable',
        delayMs: expect.any(Number),
        retryAfterMs: 0,
      },
      { ...base, type: 'attempt', endpoint, attempt: 2, status: 200, requestId: 'id-2', durationMs },
      { ...base, type: 'outcome', state: 'accepted', attempts: 2, status: 200, requestId: 'id-2', durationMs },
    ])
    for (const event of events) if ('durationMs' in event) expect(event.durationMs).toBeGreaterThanOrEqual(0)
  })

  test('number the calls of a client', async () => {
    await using server = await listen(always(200, { active: true }))
    const events: LogoutEvent[] = []
    const endpoints = { revocation: server.origin, introspection: server.origin }
    const client = createLogoutClient({ appId: 'app', endpoints, onEvent: (event) => events.push(event) })
    await client.introspectToken('one')
    await client.revokeToken('two')
    const seen = events.filter(({ type }) => type === 'outcome').map(({ call, operation }) => [call, operation])
    expect(seen).toEqual([
      [1, 'introspect'],
      [2, 'revoke'],
    ])
  })

  test('report a failed discovery, and a call that sent nothing', async () => {
    await using server = await listen(always(404))
    const events: LogoutEvent[] = []
    const client = createLogoutClient({ appId: 'app', issuer: server.origin, onEvent: (event) => events.push(event) })
    await logoutErrorOf(() => client.revokeToken('a token'))
    expect(events.map(({ type, operation }) => `${operation} ${type}`)).toEqual([
      'revoke start',
      'discover start',
      'discover attempt',
      'discover attempt',
      'discover outcome',
      'revoke outcome',
    ])
    expect(events.at(-1)).toMatchObject({ state: 'live', attempts: 0, code: 'discovery_failed' })
  })

  test('report no attempt if the credential could not be created', async () => {
    const events: LogoutEvent[] = []
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: 'https://id.example.com' },
      clientAuth: () => {
        throw new Error('the vault is closed')
      },
      onEvent: (event) => events.push(event),
    })
    await logoutErrorOf(() => client.revokeToken('a token'))
    expect(events.map(({ type }) => type)).toEqual(['start', 'outcome'])
    expect(events.at(-1)).toMatchObject({ state: 'live', attempts: 0, code: 'client_auth_failed' })
  })

  test('name a token as fingerprintToken() does, and contain no secret', async () => {
    await using emulator = await startEmulator()
    const { accessToken, refreshToken, idToken } = await emulator.signIn('alice')
    const { appId, appSecret = '' } = emulator.app
    const events: LogoutEvent[] = []
    const client = createLogoutClient({
      appId,
      appSecret,
      appHost: emulator.appHost,
      onEvent: (event) => events.push(event),
    })
    // The provider repeats everything that it received.
    emulator.answerNext({
      status: 400,
      headers: { 'x-request-id': refreshToken },
      body: { error: refreshToken, error_description: `${refreshToken} ${appSecret}`, requestId: appSecret },
    })
    await client.logout({ accessToken, refreshToken, idToken }, { verify: true })
    const named = new Set(events.map(({ token }) => token))
    expect(named).toEqual(new Set([await fingerprintToken(refreshToken), await fingerprintToken(accessToken)]))
    expect([...named].every((name) => /^sha256:[0-9a-f]{16}$/.test(String(name)))).toBe(true)
    const shown = JSON.stringify(events)
    for (const secret of [accessToken, refreshToken, idToken, appSecret])
      expect(shown).not.toContain(secret.slice(0, 12))
  })
})

test('fingerprintToken() returns the beginning of SHA-256, also for text beyond ASCII', async () => {
  expect(await fingerprintToken('test')).toBe('sha256:9f86d081884c7d65')
  expect(await fingerprintToken('é')).toBe('sha256:4a99557e4033c353')
})
