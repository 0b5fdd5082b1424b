import { privateKeyJwt } from '@backend-logout/core/jwt'
import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { type Answering, startStandIn } from './stand-in.ts'
import { byCommandLine, createClient } from './surfaces.ts'

const read = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())

/** Refuses assertions without `nbf`, or without the required type. */
const strict: Answering = ({ form }) => {
  const [header, claims] = form.get('client_assertion')?.split('.') ?? []
  const fine = read(header).typ === 'client-authentication+jwt' && Number(read(claims).nbf) <= Date.now() / 1000
  return fine ? {} : { status: 400, body: { error: 'invalid_client' } }
}

describeBehavior('assertion-needs-nbf-and-typ', () => {
  test.each(['core', 'node'] as const)('by options, through %s', async (library) => {
    await using provider = await startStandIn({ '/revoke': strict })
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    const revoke = (options: { notBefore?: boolean; typ?: string }) =>
      createClient(library, {
        origin: '',
        location: { endpoints: { revocation: `${provider.origin}/revoke` } },
        options: { appSecret: undefined, clientAuth: privateKeyJwt(privateKey, { audience: 'a', ...options }) },
      }).revokeToken('a-token')
    expect(await revoke({ notBefore: true, typ: 'client-authentication+jwt' })).toBe(true)
    await expect(revoke({})).rejects.toMatchObject({ code: 'client_auth_failed' })
  })

  test('by the environment, through the command line', async () => {
    await using provider = await startStandIn({ '/revoke': strict })
    const { code, stderr } = await byCommandLine(['a-token-of-this-application'], {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'a secret that is at least 32 bytes long',
      AUTHING_APP_CLIENT_AUTH: 'client_secret_jwt',
      AUTHING_APP_REVOCATION_ENDPOINT: `${provider.origin}/revoke`,
      AUTHING_APP_ASSERTION_AUDIENCE: 'https://id.example.com',
      AUTHING_APP_ASSERTION_NOT_BEFORE: 'true',
      AUTHING_APP_ASSERTION_TYP: 'client-authentication+jwt',
    })
    expect(code, stderr).toBe(0)
  })
})
