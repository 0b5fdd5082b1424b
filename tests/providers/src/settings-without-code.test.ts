import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { byCommandLine } from './surfaces.ts'

const tokens = ['a-token-of-this-application']

describeBehavior('settings-without-code', () => {
  test('endpoints of a provider without metadata', async () => {
    await using provider = await startStandIn({ '/oauth/revoke': {} })
    const { code, stderr } = await byCommandLine(tokens, {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'the-secret',
      AUTHING_APP_REVOCATION_ENDPOINT: `${provider.origin}/oauth/revoke`,
    })
    expect(code, stderr).toBe(0)
    expect(provider.received[0]?.headers.authorization).toBe(`Basic ${btoa('app:the-secret')}`)
  })

  test('http to a named host, by an explicit setting', async () => {
    await using provider = await startStandIn({ '/revoke': {} })
    // Another name of this machine, which is not one of the names of loopback.
    const endpoint = `${provider.origin.replace('127.0.0.1', '0.0.0.0')}/revoke`
    const env = { AUTHING_APP_ID: 'app', AUTHING_APP_CLIENT_AUTH: 'none', AUTHING_APP_REVOCATION_ENDPOINT: endpoint }
    const refused = await byCommandLine(tokens, env)
    expect([refused.code, provider.received.length]).toEqual([2, 0])
    expect(refused.stderr).toMatch(/https/)
    const allowed = await byCommandLine(tokens, { ...env, AUTHING_APP_ALLOW_INSECURE_HTTP: 'true' })
    expect(allowed.code, allowed.stderr).toBe(0)
  })

  test('a private key for private_key_jwt, in a file', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const folder = await mkdtemp(join(tmpdir(), 'private-key-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'key.pem')
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    await using provider = await startStandIn((origin) => ({
      '/openid-configuration': { body: { issuer: origin, revocation_endpoint: `${origin}/revoke` } },
      '/revoke': ({ form }) => {
        const [header, claims, signature = ''] = form.get('client_assertion')?.split('.') ?? []
        const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
        const signed = Buffer.from(`${header}.${claims}`)
        const valid = verify('sha256', signed, key, Buffer.from(signature, 'base64url'))
        const { aud, iss, sub } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())
        const named = aud === origin && iss === 'app' && sub === 'app'
        return valid && named ? {} : { status: 401, body: { error: 'invalid_client' } }
      },
    }))
    const { code, stderr } = await byCommandLine(tokens, {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_ISSUER: provider.origin,
      AUTHING_APP_PRIVATE_KEY_FILE: file,
      AUTHING_APP_PRIVATE_KEY_ID: 'key-1',
    })
    expect(code, stderr).toBe(0)
  })
})
