import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { followRevocations } from '../follow.ts'
import type { RevocationVerdict } from '../list.ts'
import { createCheckHandler, type RevocationCheckEvent } from './check-handler.ts'
import { openRevocationLog } from './open-log.ts'

const ISS = 'https://id.example.com'
const { publicKey, privateKey } = await generateKeyPair('RS256')
const verify = async (token: string) =>
  (await jwtVerify(token, publicKey, { issuer: ISS, audience: 'api', algorithms: ['RS256'] })).payload
const sign = (jti: string, audience = 'api', exp = '1h'): Promise<string> =>
  new SignJWT({ jti, sub: 'alice' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(ISS)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(exp)
    .sign(privateKey)
const ask = (token?: string, scheme = 'Bearer'): Request =>
  new Request('http://localhost/check', { headers: token ? { authorization: `${scheme} ${token}` } : {} })
const always = (verdict: RevocationVerdict) => ({ check: () => verdict })

describe('a check for a proxy', () => {
  test('accepts a token until it is revoked, and returns an error once the list is stale', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    const list = followRevocations({ source: log })
    await list.ready
    const check = createCheckHandler({ list, verify })
    const [token, other] = await Promise.all([sign('1'), sign('2')])
    expect((await check(ask(token))).status).toBe(204)
    await log.append({ iss: ISS, jti: '1', until: Math.floor(Date.now() / 1000) + 3600 })
    while (list.size === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    const refused = await check(ask(token))
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect((await check(ask(other))).status).toBe(204)
    await list.close()
    const unknown = await check(ask(other))
    expect(unknown.status).toBe(503)
    expect(unknown.headers.get('retry-after')).toBe('2')
    for (const response of [refused, unknown]) expect(response.headers.get('cache-control')).toBe('no-store')
  })

  const invalid: [string, () => Promise<Request>][] = [
    ['no token', async () => ask()],
    ['another scheme', async () => ask(await sign('1'), 'DPoP')],
    ['a value that is not a token', async () => ask('nonsense')],
    ['two tokens', async () => ask(`${await sign('1')}, Bearer ${await sign('2')}`)],
    ['a token for another audience', async () => ask(await sign('1', 'other'))],
    ['a token that has expired', async () => ask(await sign('1', 'api', '-1m'))],
    [
      'a token that someone else signed',
      async () => {
        const { privateKey: foreign } = await generateKeyPair('RS256')
        return ask(
          await new SignJWT({ jti: '1', aud: 'api', iss: ISS }).setProtectedHeader({ alg: 'RS256' }).sign(foreign),
        )
      },
    ],
    ['a token that nobody signed', async () => ask('eyJhbGciOiJub25lIn0.eyJqdGkiOiIxIn0.')],
    [
      'a token signed with the public key as a secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)))
        return ask(
          await new SignJWT({ jti: '1', aud: 'api', iss: ISS }).setProtectedHeader({ alg: 'HS256' }).sign(secret),
        )
      },
    ],
  ]
  test.each(invalid)('refuses %s, even while the list is stale', async (_, request) => {
    for (const verdict of ['valid', 'stale'] as const) {
      expect((await createCheckHandler({ list: always(verdict), verify })(await request())).status).toBe(401)
    }
  })

  test.each([
    ['JsonWebTokenError', Object.assign(new Error('x'), { name: 'JsonWebTokenError' }), 401],
    ['TokenExpiredError', Object.assign(new Error('x'), { name: 'TokenExpiredError' }), 401],
    ['an error with status 401', Object.assign(new Error('x'), { status: 401 }), 401],
    ['no matching key', Object.assign(new Error('x'), { code: 'ERR_JWKS_NO_MATCHING_KEY' }), 401],
    ['nothing', undefined, 401],
    ['keys that do not arrive in time', Object.assign(new Error('x'), { code: 'ERR_JWKS_TIMEOUT' }), 503],
    ['invalid keys', Object.assign(new Error('x'), { code: 'ERR_JOSE_GENERIC' }), 503],
    ['a network that is down', new TypeError('fetch failed'), 503],
    ['a bug', 'oops', 503],
  ])('distinguishes an invalid token from a failed verification: %s', async (_, thrown, status) => {
    const events: RevocationCheckEvent[] = []
    const verify = async (): Promise<undefined> => {
      if (thrown !== undefined) throw thrown
    }
    const check = createCheckHandler({ list: always('valid'), verify, onEvent: (event) => events.push(event) })
    const response = await check(ask('a.b.c'))
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('oops')
    expect(events).toMatchObject([{ type: status === 401 ? 'invalid' : 'unverifiable' }])
  })

  test('reads the token from the configured place, and never throws', async () => {
    const tokenOf = (request: Request): string | null => request.headers.get('x-token')
    const check = createCheckHandler({ list: always('valid'), verify, tokenOf })
    const request = new Request('http://localhost/check', { headers: { 'x-token': await sign('1') } })
    expect((await check(request)).status).toBe(204)
    const broken = createCheckHandler({
      list: always('valid'),
      verify,
      tokenOf: () => {
        throw new Error('x')
      },
    })
    expect((await broken(request)).status).toBe(503)
  })

  test.each([
    ['list', {}],
    ['verify', { list: always('valid') }],
    ['tokenOf', { list: always('valid'), verify, tokenOf: 'x' }],
    ['onEvent', { list: always('valid'), verify, onEvent: 'x' }],
  ])('cannot be created without a valid %s', (name, options) => {
    expect(() => createCheckHandler(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(name) }),
    )
  })
})
