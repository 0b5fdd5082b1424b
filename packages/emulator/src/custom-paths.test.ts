import { describe, expect, test } from 'vitest'
import { startEmulator } from './index.ts'

const paths = {
  revocation: '/oauth2/revoke',
  introspection: '/oauth2/introspect',
  token: '/oauth2/token',
  authorization: '/oauth2/authorize',
}

async function post(url: string, fields: Record<string, string>): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  return { status: response.status, body: await response.text() }
}

describe('startEmulator({ paths })', () => {
  test('serves its endpoints and its metadata there, and nothing at the usual paths', async () => {
    await using emulator = await startEmulator({ paths })
    const { appHost, issuer, app } = emulator
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`)
    const metadata = (await answer.json()) as Record<'introspection_endpoint' | 'revocation_endpoint', string>
    expect(metadata).toMatchObject({
      issuer,
      authorization_endpoint: `${appHost}/oauth2/authorize`,
      token_endpoint: `${appHost}/oauth2/token`,
      revocation_endpoint: `${appHost}/oauth2/revoke`,
      introspection_endpoint: `${appHost}/oauth2/introspect`,
      userinfo_endpoint: `${issuer}/me`,
    })

    const { accessToken: token } = await emulator.signIn('alice')
    const fields = { client_id: app.appId, client_secret: app.appSecret ?? '', token }
    const usual = ['/oidc/token/revocation', '/oauth/token/revocation', '/oidc/token/introspection', '/oidc/token']
    for (const path of usual) expect((await post(`${appHost}${path}`, fields)).status, path).toBe(404)
    expect(await emulator.isActive(token)).toBe(true)

    const asked = await post(metadata.introspection_endpoint, fields)
    expect(JSON.parse(asked.body)).toMatchObject({ active: true, sub: 'alice' })
    expect(await post(metadata.revocation_endpoint, fields)).toEqual({ status: 200, body: '' })
    expect(await emulator.isActive(token)).toBe(false)
    expect(emulator.requests.at(-1)).toMatchObject({ endpoint: 'revocation', path: '/oauth2/revoke' })
  })

  test('returns queued responses there', async () => {
    await using emulator = await startEmulator({ paths })
    emulator.answerNext({ status: 429 })
    expect((await post(`${emulator.appHost}/oauth2/revoke`, {})).status).toBe(429)
  })

  test.each<[what: string, paths: object, message: RegExp]>([
    ['a name that is not an endpoint', { revoke: '/a' }, /^revoke is not an option of paths; .*revocation/],
    ['an address', { revocation: 'https://id.example.com/revoke' }, /^paths\.revocation must be a path/],
    ['a query', { revocation: '/revoke?a=b' }, /must be a path/],
    ['a path that leads up', { revocation: '/a/../b' }, /must be a path/],
    ['a path that is too long', { revocation: `/${'a'.repeat(200)}` }, /must be a path/],
    ['no text', { revocation: 1 }, /must be a path/],
    ['a control path of the emulator', { revocation: '/emulator/reset' }, /is the path of another endpoint/],
    ['the metadata', { revocation: '/oidc/.well-known/openid-configuration' }, /is the path of another endpoint/],
    ['the path of another endpoint', { revocation: '/oidc/token' }, /is the path of another endpoint/],
    ['the same path twice', { revocation: '/a', introspection: '/a' }, /is the path of another endpoint/],
  ])('refuses %s', async (_what, given, message) => {
    await expect(startEmulator({ paths: given })).rejects.toThrow(message)
  })
})
