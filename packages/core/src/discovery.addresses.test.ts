import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { always } from './testing/loopback-server.ts'
import { metadata, OAUTH, OIDC, pathsOf, routes } from './testing/metadata-server.ts'

describe('discovery', () => {
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

  test('completes a document that has no revocation endpoint with the next one', async () => {
    await using server = await routes((origin) => ({
      [OIDC]: always(200, { issuer: origin, introspection_endpoint: null, end_session_endpoint: `${origin}/end` }),
      [OAUTH]: metadata(origin, origin, {
        introspection_endpoint: `${origin}/introspect`,
        end_session_endpoint: `${origin}/other`,
      }),
    }))
    expect(await createLogoutClient({ appId: 'app', issuer: server.origin }).discover()).toMatchObject({
      revocation_endpoint: `${server.origin}/revoke`,
      introspection_endpoint: `${server.origin}/introspect`,
      end_session_endpoint: `${server.origin}/end`,
    })
  })

  test.each(['http://id.example.com/revoke', '', 7])('replaces an unusable revocation endpoint: %j', async (bad) => {
    await using server = await routes((origin) => ({
      [OIDC]: always(200, { issuer: origin, revocation_endpoint: bad, end_session_endpoint: `${origin}/end` }),
      [OAUTH]: metadata(origin),
      '/revoke': always(200),
    }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    expect(await client.revokeToken('a token')).toBe(true)
    expect(client.buildLogoutUrl().pathname).toBe('/end')
  })

  test('tries the next address after a 404, although no further request is admitted', async () => {
    const used = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '100' }
    await using server = await routes((origin) => ({ [OIDC]: always(404, '', used), [OAUTH]: metadata(origin) }))
    await createLogoutClient({ appId: 'app', issuer: server.origin }).discover()
    expect(pathsOf(server)).toEqual([OIDC, OAUTH])
  })

  test.each(['', '/'])('accepts both spellings of an issuer that is a URL: %j', async (slash) => {
    await using server = await routes((origin) => ({ [OIDC]: metadata(origin + slash, origin) }))
    const client = createLogoutClient({ appId: 'app', issuer: new URL(server.origin) })
    expect((await client.discover())?.issuer).toBe(server.origin + slash)
  })
})
