import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { byCommandLine, createClient } from './surfaces.ts'

const keycloak = (origin: string) => ({
  '/openid-configuration': {
    body: {
      issuer: origin,
      revocation_endpoint: `${origin}/revoke`,
      revocation_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    },
  },
  '/revoke': {},
})

describeBehavior('public-client-not-listed', () => {
  test.each(['core', 'node'] as const)('only client_id is sent, through %s', async (library) => {
    await using provider = await startStandIn(keycloak)
    const options = { appSecret: undefined }
    const client = createClient(library, { origin: provider.origin, location: { issuer: provider.origin }, options })
    expect(await client.revokeToken('a-token')).toBe(true)
    const [request] = provider.to('/revoke')
    expect(request?.headers.authorization).toBeUndefined()
    expect(Object.fromEntries(request?.form ?? [])).toEqual({ token: 'a-token', client_id: 'app' })
  })

  test('only client_id is sent, through the command line', async () => {
    await using provider = await startStandIn(keycloak)
    const env = { AUTHING_APP_ID: 'app', AUTHING_APP_ISSUER: provider.origin, AUTHING_APP_CLIENT_AUTH: 'none' }
    const { code, stderr } = await byCommandLine(['a-token-of-a-public-client'], env)
    expect(code, stderr).toBe(0)
    expect(provider.to('/revoke')[0]?.form.get('client_id')).toBe('app')
  })
})
