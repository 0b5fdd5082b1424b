import { inspect } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createClient, createLogoutClient, type LogoutClient } from './client.ts'
import type { SessionTokens } from './session-tokens.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'

describe('logout() at a real provider', () => {
  let emulator: Emulator
  let client: LogoutClient
  beforeAll(async () => {
    emulator = await startEmulator()
    const { appId, appSecret = '' } = emulator.app
    client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost, retries: 0 })
  })
  afterEach(() => emulator.reset())
  afterAll(() => emulator.close())

  test('revokes the refresh token, then the access token, and returns the logout URL', async () => {
    const { accessToken, refreshToken, idToken } = await emulator.signIn('alice')
    const options = { redirectUri: emulator.app.logoutRedirectUri, state: 'abc' }
    const { revoked, tokens, logoutUrl } = await client.logout({ accessToken, refreshToken, idToken }, options)
    expect(revoked).toBe(true)
    expect(tokens).toEqual([
      {
        state: 'accepted',
        revoked: true,
        tokenType: 'refresh_token',
        attempts: 1,
        status: 200,
        durationMs: expect.any(Number),
      },
      {
        state: 'accepted',
        revoked: true,
        tokenType: 'access_token',
        attempts: 1,
        status: 200,
        durationMs: expect.any(Number),
      },
    ])
    expect(logoutUrl?.searchParams.get('id_token_hint')).toBe(idToken)
    expect(logoutUrl?.searchParams.get('state')).toBe('abc')
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await emulator.isActive(refreshToken)).toBe(false)
  })

  test('revokes the tokens that it has', async () => {
    const { accessToken, refreshToken } = await emulator.signIn('alice')
    const first = await client.logout({ accessToken, refreshToken: undefined })
    expect(first.tokens.map(({ tokenType }) => tokenType)).toEqual(['access_token'])
    expect(first).not.toHaveProperty('logoutUrl')
    expect(await emulator.isActive(refreshToken)).toBe(true)
    const second = await client.logout({ refreshToken, accessToken: null as never })
    expect(second.tokens.map(({ tokenType }) => tokenType)).toEqual(['refresh_token'])
    expect(await emulator.isActive(refreshToken)).toBe(false)
  })

  test('continues with the access token if the refresh token cannot be revoked', async () => {
    const { accessToken, refreshToken } = await emulator.signIn('alice')
    emulator.answerNext({ status: 503 })
    const { revoked, tokens } = await client.logout({ accessToken, refreshToken })
    expect(revoked).toBe(false)
    expect(tokens).toMatchObject([
      { tokenType: 'refresh_token', state: 'live', error: { code: 'provider_unavailable', tokenMayBeLive: true } },
      { tokenType: 'access_token', state: 'accepted' },
    ])
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await emulator.isActive(refreshToken)).toBe(true)
  })

  test('reports a token that is the ID token, and revokes the other', async () => {
    const { refreshToken, idToken } = await emulator.signIn('alice')
    const { tokens } = await client.logout({ accessToken: idToken, refreshToken, idToken })
    expect(tokens).toMatchObject([
      { state: 'accepted' },
      { state: 'live', attempts: 0, error: { code: 'invalid_argument' } },
    ])
    expect(emulator.requests.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(1)
  })

  test('reports a token as unknown if the response is lost, although it may be revoked', async () => {
    const { accessToken } = await emulator.signIn('alice')
    emulator.answerNext({ handled: true, drop: 'reset' })
    const { tokens } = await client.logout({ accessToken })
    expect(tokens).toMatchObject([{ state: 'unknown', error: { code: 'network', tokenMayBeLive: true } }])
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('returns only the logout URL for only an ID token, and does not report it as revoked', async () => {
    const { idToken } = await emulator.signIn('alice')
    const { revoked, nothingToRevoke, tokens, logoutUrl } = await client.logout({ idToken })
    expect({ revoked, nothingToRevoke, tokens }).toEqual({ revoked: false, nothingToRevoke: true, tokens: [] })
    expect(logoutUrl?.pathname).toBe('/oidc/session/end')
  })

  test('reports why there is no logout URL without an ID token, and builds one if the caller requests it', async () => {
    const { accessToken } = await emulator.signIn('alice')
    const without = await client.logout({ accessToken })
    expect(without).toMatchObject({ revoked: true, logoutUrlError: { code: 'invalid_argument', option: 'idToken' } })
    expect(without).not.toHaveProperty('logoutUrl')
    const refused = await client.logout({ accessToken }, { redirectUri: 'https://app.example.com/' })
    expect(refused).toMatchObject({
      revoked: true,
      logoutUrlError: { message: expect.stringMatching(/GenAuth redirects/) },
    })
    const generic = await client.logout({ accessToken }, { kind: 'generic', redirectUri: 'https://app.example.com/' })
    expect(generic.logoutUrl?.pathname).toBe('/login/profile/logout')
    expect(generic).not.toHaveProperty('logoutForm')
  })

  test('returns the form along with the logout URL', async () => {
    const { idToken } = await emulator.signIn('alice')
    const { logoutUrl, logoutForm } = await client.logout({ idToken }, { state: 's' })
    expect(logoutForm?.fields).toEqual({ id_token_hint: idToken, state: 's' })
    expect(logoutForm?.action.href).toBe(logoutUrl?.href.split('?')[0])
  })

  test("never rejects because of a token's outcome, and shows no token", async () => {
    const { accessToken, refreshToken, idToken } = await emulator.signIn('alice')
    const echo = { error: refreshToken, error_description: `${accessToken} ${emulator.app.appSecret}` }
    emulator.answerAlways({ endpoint: 'any', status: 400, body: echo, headers: { 'x-request-id': idToken } })
    const result = await client.logout({ accessToken, refreshToken, idToken }, { verify: true })
    expect(result.tokens.map(({ state }) => state)).toEqual(['live', 'live'])
    const shown = inspect(result.tokens, { depth: 10, showHidden: true }) + JSON.stringify(result.tokens)
    for (const secret of [accessToken, refreshToken, idToken, emulator.app.appSecret ?? '']) {
      expect(shown).not.toContain(secret.slice(0, 12))
    }
  })
})

describe('logout()', () => {
  test.each<[string, unknown, object]>([
    ['text', 'a token', {}],
    ['a list', ['a token'], {}],
    ['a token response', { access_token: 'x', refresh_token: 'y' }, {}],
    ['one token of a token response', { accessToken: 'x', refresh_token: 'y' }, {}],
    ['a token of no type', { token: 'x' }, {}],
    ['a wrong limit for no tokens', {}, { timeoutMs: 0 }],
    ['an ID token that is not a string', { idToken: 7 }, {}],
    ['a wrong limit', { accessToken: 'x' }, { timeoutMs: 0 }],
    ['a wrong redirect', { accessToken: 'x', idToken: 'y' }, { redirectUri: 'javascript:alert(1)' }],
    ['a wrong verification', { accessToken: 'x' }, { verify: { withinMs: -1 } }],
  ])('rejects for %s, before sending anything', async (_what, tokens, options) => {
    await using server = await listen(always(200, { active: true }))
    const client = createLogoutClient({ appId: 'app', appHost: server.origin })
    expect((await logoutErrorOf(() => client.logout(tokens as object, options))).code).toBe('invalid_argument')
    expect(server.requests).toEqual([])
  })

  test.each<[string, SessionTokens | null | undefined]>([
    ['no tokens', {}],
    ['tokens that are undefined', { accessToken: undefined, refreshToken: undefined, idToken: undefined }],
    ['no session', undefined],
    ['null', null],
    ['empty tokens', { accessToken: '', refreshToken: '', idToken: '' }],
    ['white space', { accessToken: ' ', refreshToken: '\r\n\t', idToken: '\u00a0\u200b\ufeff' }],
    ['a token response whose tokens are empty', { access_token: '', refresh_token: null } as SessionTokens],
  ])('has nothing to do for %s, sends nothing, and reports that', async (_what, tokens) => {
    await using server = await listen(always(200))
    const client = createLogoutClient({ appId: 'app', appHost: server.origin })
    const result = await client.logout(tokens)
    expect(result).toMatchObject({ revoked: false, nothingToRevoke: true, tokens: [] })
    expect(server.requests).toEqual([])
  })

  test('reads tokens from getters', async () => {
    await using server = await listen(always(200))
    class Session {
      get accessToken(): string {
        return 'a token'
      }
    }
    const client = createLogoutClient({ appId: 'app', appHost: server.origin })
    expect(await client.logout(new Session())).toMatchObject({ revoked: true, nothingToRevoke: false })
  })

  test.each([
    ['4.5 seconds by default', {}, {}, 4_500],
    ['4.5 seconds if the client has longer for other calls', { deadlineMs: 60_000 }, {}, 4_500],
    ['the client’s deadline if that is shorter', { deadlineMs: 2_000 }, {}, 2_000],
    ['the client’s option for logouts', { logoutDeadlineMs: 9_000 }, {}, 9_000],
    ['the option of the call', { logoutDeadlineMs: 9_000 }, { deadlineMs: 12_000 }, 12_000],
  ])('ends in time if the provider hangs: %s', async (_what, options, callOptions, ms) => {
    await using server = await listen(() => {})
    const clock = manualClock()
    const client = createClient({ appId: 'app', endpoints: { revocation: server.origin }, ...options }, clock)
    const result = client.logout(
      { accessToken: 'access', refreshToken: 'refresh' },
      { timeoutMs: 60_000, ...callOptions },
    )
    while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 1))
    clock.advance(ms / 2 - 1)
    await new Promise((done) => setTimeout(done, 20))
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    while (server.requests.length === 1) await new Promise((done) => setTimeout(done, 1))
    clock.advance(ms / 2)
    expect(await result).toMatchObject({ revoked: false, tokens: [{ state: 'unknown' }, { state: 'unknown' }] })
    expect(clock.pending).toBe(0)
  })

  test('leaves time for the second token if the provider hangs on the first', async () => {
    const hang: Answer = (request, response) => {
      if (!request.body.toString().includes('refresh')) response.end()
    }
    await using server = await listen(hang)
    const clock = manualClock()
    const endpoints = { revocation: server.origin }
    const slow = createClient({ appId: 'app', endpoints, timeoutMs: 60_000, logoutDeadlineMs: 10_000 }, clock)
    const result = slow.logout({ accessToken: 'access', refreshToken: 'refresh' })
    while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 1))
    clock.advance(5_000)
    const { tokens } = await result
    expect(tokens).toMatchObject([{ state: 'unknown', error: { code: 'timeout' } }, { state: 'accepted' }])
    expect(clock.pending).toBe(0)
  })

  test('ends for all tokens immediately when the signal aborts', async () => {
    await using server = await listen(() => controller.abort())
    const controller = new AbortController()
    const own = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } })
    const { tokens } = await own.logout({ accessToken: 'a', refreshToken: 'r' }, { signal: controller.signal })
    expect(tokens).toMatchObject([
      { state: 'unknown', attempts: 1, error: { code: 'aborted' } },
      { state: 'live', attempts: 0, error: { code: 'aborted' } },
    ])
  })

  test.each([
    ['no end session endpoint', 200],
    ['no metadata', 404],
  ])('returns no logout URL if the provider has %s, and still reports the tokens', async (_what, status) => {
    await using server = await listen((request, response, message) => {
      const metadata = { issuer: server.origin, revocation_endpoint: `${server.origin}/revoke` }
      const answer = request.path === '/revoke' ? always(200) : always(status, metadata)
      answer(request, response, message)
    })
    const own = createLogoutClient({ appId: 'app', issuer: server.origin })
    const result = await own.logout({ accessToken: 'a token', idToken: 'x' })
    expect(result).not.toHaveProperty('logoutUrl')
    expect(result.logoutUrlError?.code).toBe(status === 200 ? 'endpoint_missing' : 'discovery_failed')
    expect(result.tokens).toMatchObject([
      status === 200 ? { state: 'accepted' } : { state: 'live', attempts: 0, error: { code: 'discovery_failed' } },
    ])
  })
})
