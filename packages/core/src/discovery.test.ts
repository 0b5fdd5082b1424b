import { inspect } from 'node:util'
import { startEmulator } from '@backend-logout/emulator'
import { describe, expect, test } from 'vitest'
import { createClient, createLogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, type LoopbackServer } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import { metadata, OAUTH, OIDC, pathsOf, routes } from './testing/metadata-server.ts'

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
