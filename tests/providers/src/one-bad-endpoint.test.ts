import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

const bad = {
  'plain http': 'http://id.example.com/logout',
  nothing: '',
  'a path': '/logout',
  'a fragment': 'https://id.example.com/logout#x',
  'a number': 7,
  null: null,
  'a user name': 'https://user@id.example.com/logout',
}

describeBehavior('one-bad-endpoint', () => {
  for (const library of ['core', 'node'] as const) {
    test.each(Object.entries(bad))(`another endpoint is %s, through ${library}`, async (_what, value) => {
      await using provider = await startStandIn((origin) => ({
        '/openid-configuration': {
          body: {
            issuer: origin,
            revocation_endpoint: `${origin}/revoke`,
            revocation_endpoint_auth_methods_supported: [],
            introspection_endpoint: value,
            end_session_endpoint: value,
          },
        },
        '/revoke': {},
      }))
      const client = createClient(library, { origin: provider.origin, location: { issuer: provider.origin } })
      expect(await client.revokeToken('a-token')).toBe(true)
      expect(provider.to('/revoke')[0]?.headers.authorization).toMatch(/^Basic /)
      const { revoked, logoutUrl } = await client.logout({ accessToken: 'a-token', idToken: 'an.id.token' })
      expect([revoked, logoutUrl]).toEqual([true, undefined])
      await expect(client.introspectToken('a-token')).rejects.toMatchObject({
        code: 'endpoint_missing',
        message: expect.stringMatching(/introspection.endpoint/),
      })
    })

    test.each(Object.entries(bad))(`the used endpoint is %s, through ${library}`, async (_what, value) => {
      await using provider = await startStandIn((origin) => ({
        '/openid-configuration': {
          body: { issuer: origin, revocation_endpoint: value, end_session_endpoint: `${origin}/end` },
        },
      }))
      const client = createClient(library, { origin: provider.origin, location: { issuer: provider.origin } })
      await expect(client.revokeToken('a-token')).rejects.toMatchObject({ code: 'endpoint_missing' })
      expect(client.buildLogoutUrl().pathname).toBe('/end')
    })
  }
})
