import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer } from './testing/loopback-server.ts'
import { metadata, OAUTH, OIDC, pathsOf, routes } from './testing/metadata-server.ts'

describe('discovery', () => {
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

  test('is repeated after a failure', async () => {
    const flaky = inTurn(always(404), (...parts) => metadata(server.origin)(...parts))
    await using server: LoopbackServer = await routes(() => ({ [OIDC]: flaky }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    expect((await logoutErrorOf(() => client.discover())).code).toBe('discovery_failed')
    expect(await client.discover()).toMatchObject({ issuer: server.origin })
  })
})
