import { inspect } from 'node:util'
import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test } from 'vitest'
import { createClient, createLogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'

/** A server that answers by path, and 404 elsewhere. */
function routes(answers: (origin: string) => Record<string, Answer>): Promise<LoopbackServer> {
  const server = listen(async (request, response, message) => {
    const answer = answers((await server).origin)[request.path.split('?')[0] ?? ''] ?? always(404)
    answer(request, response, message)
  })
  return server
}

const OIDC = '/.well-known/openid-configuration'
const OAUTH = '/.well-known/oauth-authorization-server'

function metadata(issuer: string, origin = issuer, more: object = {}): Answer {
  return always(200, { issuer, revocation_endpoint: `${origin}/revoke`, ...more })
}

const pathsOf = ({ requests }: LoopbackServer) => requests.map(({ path }) => path)

describe('discovery', () => {
  test('finds everything at a real provider', async () => {
    await using emulator = await startEmulator()
    const { appId, appSecret = '' } = emulator.app
    const client = createLogoutClient({ appId, appSecret, issuer: emulator.issuer })
    const { accessToken, idToken } = await emulator.signIn('alice')
    const found = await client.discover()
    expect(found).toMatchObject({ issuer: emulator.issuer, revocation_endpoint: `${emulator.issuer}/token/revocation` })
    expect(await client.revokeToken(accessToken, { verify: true })).toBe(true)
    expect(client.buildLogoutUrl({ idToken }).href).toMatch(`${emulator.issuer}/session/end`)
  })

  test.each([
    ['', [OIDC]],
    ['/tenant', [`/tenant${OIDC}`]],
    ['/a/b', [`/a/b${OIDC}`]],
  ])('first tries the OpenID Connect address, for an issuer with path %j', async (path, paths) => {
    await using server = await routes((origin) => ({
      [path + OIDC]: metadata(origin + path, origin),
      '/revoke': always(200),
    }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin + path })
    await client.revokeToken('a token')
    expect(pathsOf(server)).toEqual([...paths, '/revoke'])
    expect(server.requests[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/json' } })
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test.each([
    ['', [OIDC, OAUTH]],
    ['/tenant', [`/tenant${OIDC}`, `${OAUTH}/tenant`]],
  ])('then tries the RFC 8414 address, for an issuer with path %j', async (path, paths) => {
    await using server = await routes((origin) => ({ [paths[1] ?? '']: metadata(origin + path, origin) }))
    await createLogoutClient({ appId: 'app', issuer: server.origin + path }).discover()
    expect(pathsOf(server)).toEqual(paths)
  })

  test('then tries the RFC 8414 address of the OpenID Connect document', async () => {
    await using server = await routes((origin) => ({ [`${OIDC}/tenant`]: metadata(`${origin}/tenant`, origin) }))
    await createLogoutClient({ appId: 'app', issuer: `${server.origin}/tenant` }).discover()
    expect(pathsOf(server)).toEqual([`/tenant${OIDC}`, `${OAUTH}/tenant`, `${OIDC}/tenant`])
  })

  test('keeps the slash at the end of an issuer, and tries the same addresses', async () => {
    await using server = await routes((origin) => ({ [`/tenant${OIDC}`]: metadata(`${origin}/tenant/`, origin) }))
    await createLogoutClient({ appId: 'app', issuer: `${server.origin}/tenant/` }).discover()
    expect(pathsOf(server)).toEqual([`/tenant${OIDC}`])
  })

  test.each(['', '/'])('accepts both spellings of an issuer that is a URL: %j', async (slash) => {
    await using server = await routes((origin) => ({ [OIDC]: metadata(origin + slash, origin) }))
    const client = createLogoutClient({ appId: 'app', issuer: new URL(server.origin) })
    expect((await client.discover())?.issuer).toBe(server.origin + slash)
  })

  test('prefers a document with a revocation endpoint', async () => {
    await using server = await routes((origin) => ({
      [OIDC]: always(200, { issuer: origin, introspection_endpoint: `${origin}/introspect` }),
      [OAUTH]: metadata(origin),
    }))
    const found = await createLogoutClient({ appId: 'app', issuer: server.origin }).discover()
    expect(found?.revocation_endpoint).toBe(`${server.origin}/revoke`)
  })

  test('accepts a document without one, and then logout reports unsupported', async () => {
    await using server = await routes((origin) => ({ [OIDC]: always(200, { issuer: origin }) }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    const { revoked, tokens, logoutUrl } = await client.logout({ accessToken: 'a token', idToken: 'x' })
    expect({ revoked, logoutUrl }).toEqual({ revoked: false, logoutUrl: undefined })
    expect(tokens).toMatchObject([{ state: 'unsupported', attempts: 0, error: { code: 'endpoint_missing' } }])
    expect((await logoutErrorOf(() => client.introspectToken('a token'))).code).toBe('endpoint_missing')
  })

  test.each<[string, (origin: string) => string]>([
    ['another issuer', () => 'https://evil.example.com'],
    ['another path', (origin) => `${origin}/tenant`],
    ['a slash more', (origin) => `${origin}/`],
    ['another case', (origin) => origin.toUpperCase()],
  ])('refuses a document of %s, and sends no token', async (_what, stated) => {
    await using server = await routes((origin) => ({
      [OIDC]: metadata(stated(origin), origin),
      '/revoke': always(200),
    }))
    const client = createLogoutClient({ appId: 'app', appSecret: 'a-secret-that-is-long', issuer: server.origin })
    const error = await logoutErrorOf(() => client.revokeToken('a-token-that-is-long'))
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: false, tokenMayBeLive: true })
    expect(error.message).toContain(server.origin)
    expect(pathsOf(server)).toEqual([OIDC, OAUTH])
    expect(inspect(error)).not.toMatch(/a-token|a-secret/)
  })

  test.each<[string, unknown]>([
    ['no https', 'http://id.example.com/revoke'],
    ['a fragment', 'https://id.example.com/#revoke'],
    ['a password', 'https://a:b@id.example.com/'],
    ['a path', '/revoke'],
    ['no text', 7],
    ['nothing in it', ''],
  ])('ignores an endpoint whose address has %s, and uses all others', async (_what, value) => {
    const names = ['revocation_endpoint', 'introspection_endpoint', 'end_session_endpoint'] as const
    for (const bad of names) {
      await using server = await routes((origin) => {
        const all = Object.fromEntries(names.map((name) => [name, `${origin}/${name}`]))
        return {
          [OIDC]: always(200, { issuer: origin, ...all, [bad]: value }),
          '/revocation_endpoint': always(200),
          '/introspection_endpoint': always(200, { active: true }),
        }
      })
      const client = createLogoutClient({ appId: 'app', issuer: server.origin })
      const calls = {
        revocation_endpoint: () => client.revokeToken('a token'),
        introspection_endpoint: () => client.introspectToken('a token'),
        end_session_endpoint: async () => client.buildLogoutUrl(),
      }
      await client.discover()
      for (const name of names) {
        if (name !== bad) await calls[name]()
      }
      const error = await logoutErrorOf(calls[bad])
      expect(error).toMatchObject({ code: 'endpoint_missing', tokenMayBeLive: true })
      expect(error.message).toContain(bad)
      expect(pathsOf(server)).not.toContain(`/${bad}`)
    }
  })

  test('fetches only metadataUrl, and still requires the configured issuer', async () => {
    await using server = await routes((origin) => ({
      '/policy/metadata': metadata('https://id.example.com/{tenant}/', origin),
      '/revoke': always(200),
    }))
    const where = { appId: 'app', metadataUrl: `${server.origin}/policy/metadata` }
    const client = createLogoutClient({ ...where, issuer: 'https://id.example.com/{tenant}/' })
    expect(await client.revokeToken('a token')).toBe(true)
    expect(pathsOf(server)).toEqual(['/policy/metadata', '/revoke'])
    const other = createLogoutClient({ ...where, issuer: 'https://id.example.com/other/' })
    const error = await logoutErrorOf(() => other.revokeToken('a token'))
    expect(error.code).toBe('discovery_failed')
    expect(error.message).toContain('https://id.example.com/{tenant}/')
    expect(pathsOf(server)).toEqual(['/policy/metadata', '/revoke', '/policy/metadata'])
  })

  describe('metadata that moves', () => {
    /** A provider whose endpoint is at `/1`, then at `/2`: each time that it is asked for metadata, at the next. */
    async function moving() {
      const provider = { metadataStatus: 200, missing: '' }
      let version = 0
      const server = await listen(({ path }, response) => {
        const isMetadata = path === OIDC
        response.statusCode = isMetadata ? provider.metadataStatus : path === provider.missing ? 404 : 200
        const { origin } = server
        const found = { issuer: origin, revocation_endpoint: `${origin}/${isMetadata ? ++version : 0}` }
        response.end(isMetadata ? JSON.stringify(found) : '')
      })
      const clock = manualClock()
      const client = createClient({ appId: 'app', issuer: server.origin, retries: 0 }, clock)
      /** Revokes, waits for what happens in the background, and says where the token went. */
      const revoke = async (): Promise<string | undefined> => {
        await client.revokeToken('a token').catch(() => {})
        const asked = server.requests.findLast(({ path }) => /^\/\d$/.test(path))?.path
        await new Promise((resolve) => setTimeout(resolve, 200))
        return asked
      }
      const fetched = () => pathsOf(server).filter((path) => path === OIDC).length
      return { server, provider, clock, revoke, fetched, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
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

  test.each<[string, Answer]>([
    ['HTML', always(200, '<html>')],
    ['a list', always(200, [])],
    ['no issuer', always(200, { revocation_endpoint: 'https://x/' })],
    ['a redirect', always(302, '', { location: 'https://id.example.com/' })],
    ['an error', always(400, { error: 'invalid_request' })],
    ['more than a document needs', always(200, { issuer: 'x', padding: 'x'.repeat(300_000) })],
  ])('does not accept %s as metadata', async (_what, answer) => {
    await using server = await routes(() => ({ [OIDC]: answer, [OAUTH]: answer }))
    const error = await logoutErrorOf(() => createLogoutClient({ appId: 'app', issuer: server.origin }).discover())
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: false, attempts: 0 })
    expect(error.message).toContain(server.origin)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('retries while the provider fails, without trying other addresses', async () => {
    const flaky = inTurn(always(503, '', { 'retry-after': '0' }), (...parts) => metadata(server.origin)(...parts))
    await using server: LoopbackServer = await routes(() => ({ [OIDC]: flaky }))
    await createLogoutClient({ appId: 'app', issuer: server.origin }).discover()
    expect(pathsOf(server)).toEqual([OIDC, OIDC])
  })

  test('fails with a retryable error if the provider stays down', async () => {
    await using server = await routes(() => ({ [OIDC]: always(503, '', { 'retry-after': '3600' }) }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    const error = await logoutErrorOf(() => client.revokeToken('a token'))
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: true, status: 503, retryAfterMs: 3_600_000 })
    expect(pathsOf(server)).toEqual([OIDC])
  })

  test('happens only once for all calls', async () => {
    await using server = await routes((origin) => ({ [OIDC]: metadata(origin), '/revoke': always(200) }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    await Promise.all([client.revokeToken('a'), client.revokeToken('b'), client.discover()])
    await client.revokeToken('c')
    expect(pathsOf(server).filter((path) => path === OIDC)).toEqual([OIDC])
    const again = createLogoutClient({ appId: 'app', issuer: server.origin })
    await again.discover()
    expect(pathsOf(server).filter((path) => path === OIDC)).toEqual([OIDC, OIDC])
  })

  test('is repeated after a failure', async () => {
    const flaky = inTurn(always(404), (...parts) => metadata(server.origin)(...parts))
    await using server: LoopbackServer = await routes(() => ({ [OIDC]: flaky }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    expect((await logoutErrorOf(() => client.discover())).code).toBe('discovery_failed')
    expect(await client.discover()).toMatchObject({ issuer: server.origin })
  })

  test('does nothing if there is nothing to discover', async () => {
    expect(await createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' }).discover()).toBeUndefined()
    const endpoints = { revocation: 'https://id.example.com/revoke' }
    expect(await createLogoutClient({ appId: 'app', endpoints }).discover()).toBeUndefined()
  })

  test('ends each call at its deadline, and continues for the others', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    await using server: LoopbackServer = await routes((origin) => ({
      [OIDC]: async (...parts) => {
        await held
        metadata(origin)(...parts)
      },
      '/revoke': always(200),
    }))
    const clock = manualClock()
    const client = createClient({ appId: 'app', issuer: server.origin }, clock)
    const patient = client.revokeToken('one')
    const controller = new AbortController()
    const aborted = logoutErrorOf(() => client.revokeToken('two', { signal: controller.signal }))
    const late = logoutErrorOf(() => client.discover({ deadlineMs: 50 }))
    while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 1))
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'aborted', retryable: false, attempts: 0 })
    clock.advance(50)
    expect(await late).toMatchObject({ code: 'timeout', retryable: true, attempts: 0 })
    release()
    expect(await patient).toBe(true)
  })

  test('is not started for a call that has already ended', async () => {
    await using server = await routes((origin) => ({ [OIDC]: metadata(origin) }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    const error = await logoutErrorOf(() => client.discover({ signal: AbortSignal.abort() }))
    expect(error.code).toBe('aborted')
    expect(server.requests).toEqual([])
  })

  test('emits events that name no token', async () => {
    await using server = await routes((origin) => ({ [OIDC]: metadata(origin) }))
    const events: LogoutEvent[] = []
    const client = createLogoutClient({ appId: 'app', issuer: server.origin, onEvent: (event) => events.push(event) })
    await client.discover()
    expect(events).toMatchObject([
      { type: 'start', operation: 'discover' },
      { type: 'attempt', endpoint: server.origin + OIDC, status: 200 },
      { type: 'outcome', attempts: 1 },
    ])
    expect(events.every(({ token }) => token === undefined)).toBe(true)
  })

  test('masks the secret if a document repeats it', async () => {
    const appSecret = 'canary-secret-of-the-application'
    await using server = await routes((origin) => ({ [OIDC]: metadata(`${origin}/${appSecret}`, origin) }))
    const error = await logoutErrorOf(() =>
      createLogoutClient({ appId: 'app', appSecret, issuer: server.origin }).discover(),
    )
    expect(inspect(error, { depth: 5 })).not.toContain('canary-secret')
  })
})
