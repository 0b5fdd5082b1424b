import { parse } from 'node:querystring'
import { inspect } from 'node:util'
import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test, vi } from 'vitest'
import { createLogoutClient } from './client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, inTurn, listen } from './testing/loopback-server.ts'

describe('revokeToken()', () => {
  test.each(['post', 'basic', 'none'] as const)('revokes at a real provider, as %s', async (name) => {
    await using emulator = await startEmulator()
    const app = emulator.apps[name]
    const { appId, appSecret } = app
    const { accessToken, refreshToken } = await emulator.signIn('alice', { app })
    const client = createLogoutClient({
      appId,
      appSecret,
      issuer: emulator.issuer,
      clientAuth: app.authMethod as 'none',
    })
    expect(await client.revokeToken(accessToken)).toBe(true)
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await client.revokeToken(refreshToken, { tokenTypeHint: 'refresh_token' })).toBe(true)
    expect(await emulator.isActive(refreshToken)).toBe(false)
    const sent = emulator.requests.filter(({ endpoint }) => endpoint === 'revocation')
    expect(sent.map(({ clientAuth }) => clientAuth)).toEqual([[app.authMethod], [app.authMethod]])
  })

  test('sends a form by POST, with matching headers', async () => {
    await using server = await listen(always(200))
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: `${server.origin}/revoke` },
      headers: { 'User-Agent': 'my-app/1', Accept: 'text/html', 'X-Tenant': 'a' },
    })
    await client.revokeToken('a token', { tokenTypeHint: 'access_token' })
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/revoke',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          'user-agent': 'my-app/1',
          'x-tenant': 'a',
        },
      },
    ])
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
    const form = { token: 'a token', token_type_hint: 'access_token', client_id: 'app' }
    expect({ ...parse(String(server.requests[0]?.body)) }).toEqual(form)
  })

  test('sends no hint unless one is given', async () => {
    await using server = await listen(always(200))
    await createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } }).revokeToken('x')
    expect(String(server.requests[0]?.body)).toBe('token=x&client_id=app')
  })

  test('rejects with the reason', async () => {
    await using emulator = await startEmulator()
    const { appId } = emulator.app
    const client = createLogoutClient({ appId, appSecret: 'wrong', appHost: emulator.appHost })
    const error = await logoutErrorOf(() => client.revokeToken('a token'))
    expect(error).toMatchObject({
      code: 'client_auth_failed',
      status: 401,
      providerError: 'invalid_client',
      retryable: false,
      tokenMayBeLive: true,
      attempts: 1,
    })
    expect(error.message).toContain(`${emulator.issuer}/token/revocation`)
  })

  test('refuses a redirect, and sends nothing to its target', async () => {
    await using other = await listen(always(200))
    await using server = await listen(always(307, '', { location: other.origin }))
    const client = createLogoutClient({ appId: 'app', appSecret: 's', endpoints: { revocation: server.origin } })
    expect((await logoutErrorOf(() => client.revokeToken('x'))).code).toBe('redirect_refused')
    expect(other.requests).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  test('accepts limits for one call', async () => {
    await using server = await listen(inTurn(always(500), always(500), always(200)))
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin }, retries: 0 })
    expect((await logoutErrorOf(() => client.revokeToken('x'))).attempts).toBe(1)
    expect(await client.revokeToken('x', { retries: 1 })).toBe(true)
  })

  test('calls a custom ClientAuth before each attempt, and sends its credential', async () => {
    await using server = await listen(inTurn(always(503, '', { 'retry-after': '0' }), always(200)))
    const attempts: number[] = []
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: server.origin },
      clientAuth: async ({ attempt }) => {
        attempts.push(attempt)
        return { authorization: `Own credential-${attempt}` }
      },
    })
    await client.revokeToken('x')
    expect(attempts).toEqual([1, 2])
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Own credential-1',
      'Own credential-2',
    ])
  })

  test.each<[string, () => unknown, string, RegExp?]>([
    ['throws', () => Promise.reject(new Error('canary-token-of-the-vault is wrong')), 'client_auth_failed'],
    ['gives nothing', () => undefined, 'client_auth_failed', /clientAuth .*: It returned undefined\.$/],
    ['gives null', async () => null, 'client_auth_failed', /clientAuth .*: It returned null\.$/],
    ['gives a header with an emoji', () => ({ authorization: 'Bearer canary-😀' }), 'invalid_options'],
    ['returns a string', () => 'canary-secret-of-the-vault', 'invalid_options'],
    ['returns a string later', async () => 'canary-secret-of-the-vault', 'invalid_options'],
    ['returns two credentials', () => ({ authorization: 'Basic x', body: { client_secret: 'x' } }), 'invalid_options'],
    ['returns a field of the request', () => ({ body: { token: 'x' } }), 'invalid_options'],
  ])('sends nothing when a custom ClientAuth %s', async (_what, clientAuth, code, message = /clientAuth/) => {
    await using server = await listen(always(200))
    const endpoints = { revocation: server.origin }
    const client = createLogoutClient({ appId: 'app', endpoints, clientAuth: clientAuth as never })
    const error = await logoutErrorOf(() => client.revokeToken('canary-token-of-the-vault'))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(inspect(error, { depth: 5 })).not.toContain('canary')
    expect(server.requests).toEqual([])
  })

  test('waits for any thenable, including promises of a replaced global Promise', async () => {
    await using server = await listen(always(200))
    const { promise, resolve } = Promise.withResolvers<{ authorization: string }>()
    const options = { appId: 'app', endpoints: { revocation: server.origin }, onEvent: () => {} }
    const thenable = createLogoutClient({
      ...options,
      // biome-ignore lint/suspicious/noThenProperty: the test is about thenables
      clientAuth: () => ({ then: promise.then.bind(promise) }) as typeof promise,
    })
    resolve({ authorization: 'Own credential' })
    await thenable.revokeToken('x')
    // As zone.js does. An async function still returns a promise of the engine's class.
    vi.stubGlobal('Promise', class extends Promise<unknown> {})
    try {
      await createLogoutClient({ ...options, clientAuth: () => promise }).revokeToken('x')
    } finally {
      vi.unstubAllGlobals()
    }
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Own credential', 'Own credential'])
  })

  test('masks a custom credential if the provider repeats it', async () => {
    await using server = await listen((request, response) => {
      response.writeHead(400)
      response.end(
        JSON.stringify({ error: 'x', error_description: `${request.headers.authorization} ${request.body}` }),
      )
    })
    const endpoints = { revocation: server.origin }
    const withHeader = () => ({ authorization: 'Own canary-of-the-header' })
    const withBody = () => ({ body: { client_id: 'app', client_assertion: 'canary-of-the-body' } })
    for (const clientAuth of [withHeader, withBody]) {
      const client = createLogoutClient({ appId: 'app', endpoints, clientAuth })
      const error = await logoutErrorOf(() => client.revokeToken('canary-of-the-token'))
      expect(inspect(error, { depth: 5, showHidden: true })).not.toContain('canary')
    }
  })
})

describe('a client', () => {
  test('is frozen, and shows no secret when it is inspected or serialized', () => {
    const client = createLogoutClient({
      appId: 'app',
      appSecret: 'canary-secret',
      appHost: 'https://example.genauth.ai',
    })
    expect(Object.isFrozen(client)).toBe(true)
    expect(inspect(client, { depth: 10, showHidden: true }) + JSON.stringify(client)).not.toContain('canary')
  })

  test.each([
    [{ appHost: 'https://example.genauth.ai/' }, 'https://example.genauth.ai'],
    [{ issuer: new URL('https://id.example.com') }, 'https://id.example.com'],
    [{ issuer: 'https://id.example.com/tenant' }, 'https://id.example.com/tenant'],
    [{ endpoints: { revocation: 'https://id.example.com/revoke' } }, 'https://id.example.com/revoke'],
  ])('names its application and provider, with %j', (location, provider) => {
    expect(createLogoutClient({ appId: 'app', ...location })).toMatchObject({ appId: 'app', provider })
  })

  test('can be destructured', async () => {
    await using server = await listen(always(200))
    const { revokeToken } = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } })
    expect(await revokeToken('x')).toBe(true)
  })

  test('reads the global fetch when it sends', async () => {
    await using server = await listen(always(200))
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } })
    const usual = globalThis.fetch
    const urls: unknown[] = []
    globalThis.fetch = (url, init) => {
      urls.push(url)
      return usual(url, init)
    }
    try {
      await client.revokeToken('x')
    } finally {
      globalThis.fetch = usual
    }
    expect(urls).toEqual([server.origin.replace(/$/, '/')])
  })
})
