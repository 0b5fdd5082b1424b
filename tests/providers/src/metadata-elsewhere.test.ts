import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { byCommandLine, createClient, runProgram } from './surfaces.ts'

const b2c = (origin: string) => ({
  '/tenant/policy/metadata': {
    body: { issuer: `${origin}/tenant-id/v2.0/`, revocation_endpoint: `${origin}/revoke` },
  },
  '/revoke': {},
})

describeBehavior('metadata-elsewhere', () => {
  test.each(['core', 'node'] as const)('is read from metadataUrl, through %s', async (library) => {
    await using provider = await startStandIn(b2c)
    const { origin } = provider
    const location = { issuer: `${origin}/tenant-id/v2.0/`, metadataUrl: `${origin}/tenant/policy/metadata` }
    expect(await createClient(library, { origin, location }).revokeToken('a-token')).toBe(true)
    expect(provider.received.map(({ path }) => path)).toEqual(['/tenant/policy/metadata', '/revoke'])
  })

  test.each(['/tenant-id/v2.0', '/{tenantid}/v2.0/', '/'])('must still state the issuer: not %s', async (path) => {
    await using provider = await startStandIn(b2c)
    const { origin } = provider
    const location = { issuer: `${origin}${path}`, metadataUrl: `${origin}/tenant/policy/metadata` }
    const client = createClient('node', { origin, location, options: { retries: 0 } })
    await expect(client.revokeToken('a-token')).rejects.toMatchObject({
      code: expect.stringMatching(/discovery|option/),
    })
    expect(provider.to('/revoke')).toEqual([])
  })

  test('is read from the address in the environment, through the command line', async () => {
    await using provider = await startStandIn(b2c)
    const { code, stderr } = await byCommandLine(['a-token-of-this-tenant'], {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'the-secret',
      AUTHING_APP_ISSUER: `${provider.origin}/tenant-id/v2.0/`,
      AUTHING_APP_METADATA_URL: `${provider.origin}/tenant/policy/metadata`,
    })
    expect(code, stderr).toBe(0)
    expect(provider.to('/revoke').length).toBe(1)
  })

  test.each(['core', 'node'] as const)('logout URLs require no revocation endpoint, through %s', async (library) => {
    const endSession = 'https://id.example.com/end'
    const client = createClient(library, { origin: '', location: { endpoints: { endSession } } })
    const { logoutUrl, revoked, tokens } = await client.logout({ idToken: 'an.id.token', refreshToken: 'a-token' })
    expect(logoutUrl?.href).toBe(`${endSession}?id_token_hint=an.id.token&client_id=app`)
    expect([revoked, tokens[0]?.state]).toEqual([false, 'unsupported'])
  })

  test.each(['core', 'node'] as const)('if there is no URL, the reason is reported, through %s', async (library) => {
    await using provider = await startStandIn(b2c)
    const { origin } = provider
    const location = { issuer: `${origin}/tenant-id/v2.0/`, metadataUrl: `${origin}/tenant/policy/metadata` }
    const { logoutUrl, logoutUrlError } = await createClient(library, { origin, location }).logout({ idToken: 'a.b.c' })
    expect(logoutUrl).toBeUndefined()
    expect(logoutUrlError).toMatchObject({ code: 'endpoint_missing', message: expect.stringMatching(/end session/) })
  })

  test('only logout URLs, through the command line', async () => {
    const env = { AUTHING_APP_ID: 'app', AUTHING_APP_CLIENT_AUTH: 'none' }
    const { code, stdout, stderr } = await runProgram(['logout-url'], {
      ...env,
      AUTHING_APP_END_SESSION_ENDPOINT: 'https://id.example.com/end',
    })
    expect([code, stdout.trim()], stderr).toEqual([0, 'https://id.example.com/end?client_id=app'])
  })
})
