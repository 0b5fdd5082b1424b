import { createHmac } from 'node:crypto'
import { privateKeyJwt } from '@backend-logout/core/jwt'
import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { type Answer, type Received, type StandIn, startStandIn } from './stand-in.ts'
import { byCommandLine, createClient, runProgram } from './surfaces.ts'

const secret = 'a secret that is at least 32 bytes long'

/** The audience of an assertion; `undefined` without one, or if the secret did not sign it. */
function audienceOf(assertion = '..'): string | undefined {
  const [header = '', claims = '', signature] = assertion.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part || 'e30', 'base64url').toString())
  const expected = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url')
  return read(header).alg === 'HS256' && signature !== expected ? undefined : read(claims).aud
}

/** A server that requires the address of each request as the audience, at both endpoints. */
async function startStrict(): Promise<StandIn> {
  const revoked = new Set<string | null>()
  return await startStandIn((origin) => {
    const strictly =
      (answer: (token: string | null) => Answer) =>
      ({ path, form }: Received): Answer => {
        const admitted = audienceOf(form.get('client_assertion') ?? undefined) === origin + path
        return admitted ? answer(form.get('token')) : { status: 401, body: { error: 'invalid_client' } }
      }
    return {
      '/revoke': strictly((token) => {
        revoked.add(token)
        return {}
      }),
      '/introspect': strictly((token) => ({ body: { active: !revoked.has(token) } })),
    }
  })
}

const endpointsOf = ({ origin }: StandIn) => ({
  revocation: `${origin}/revoke`,
  introspection: `${origin}/introspect`,
})
const environmentOf = ({ origin }: StandIn) => ({
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: secret,
  AUTHING_APP_CLIENT_AUTH: 'client_secret_jwt',
  AUTHING_APP_REVOCATION_ENDPOINT: `${origin}/revoke`,
  AUTHING_APP_INTROSPECTION_ENDPOINT: `${origin}/introspect`,
})

describeBehavior('assertion-for-each-endpoint', () => {
  test.each(['core', 'node'] as const)('by options, through %s', async (library) => {
    await using provider = await startStrict()
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    const clientAuth = privateKeyJwt(privateKey, { audience: ({ url }) => url })
    const client = createClient(library, {
      origin: '',
      location: { endpoints: endpointsOf(provider) },
      options: { appSecret: undefined, clientAuth },
    })
    expect(await client.revokeToken('a-token', { verify: true })).toBe(true)
  })

  test('by the environment, through the command line', async () => {
    await using provider = await startStrict()
    const env = { ...environmentOf(provider), AUTHING_APP_ASSERTION_AUDIENCE: 'endpoint' }
    const { code, summary, stderr } = await byCommandLine(['a-token-of-this-application'], env, ['--verify'])
    expect(code, stderr).toBe(0)
    expect(summary).toMatchObject({ revoked: 1 })
  })

  test('the doctor suggests that setting', async () => {
    await using provider = await startStrict()
    const env = { ...environmentOf(provider), AUTHING_APP_ASSERTION_AUDIENCE: provider.origin }
    const { code, stdout } = await runProgram(['doctor'], env)
    expect(code).toBe(1)
    expect(stdout).toContain('set AUTHING_APP_ASSERTION_AUDIENCE=endpoint.')
    const mended = await runProgram(['doctor'], { ...env, AUTHING_APP_ASSERTION_AUDIENCE: 'endpoint' })
    expect(mended.code, mended.stdout).toBe(0)
  })
})
