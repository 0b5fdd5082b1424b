import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import type { ClientAuthContext } from './client-auth.ts'
import { clientSecretJwt, privateKeyJwt, type SigningAlgorithm } from './jwt.ts'
import { assertionOf, CONTEXT, decode, formOf, jwkOf, keys, pemOf, readSigned, SUBTLE } from './testing/assertions.ts'

describe('an assertion', () => {
  const forms = ['PEM', 'JWK', 'CryptoKey'] as const
  const algorithms: readonly (readonly [keyof typeof keys, SigningAlgorithm])[] = [
    ['EC P-256', 'ES256'],
    ['EC P-384', 'ES384'],
    ['EC P-521', 'ES512'],
    ['RSA', 'RS256'],
    ['RSA', 'RS384'],
    ['RSA', 'RS512'],
    ['RSA', 'PS256'],
    ['RSA', 'PS384'],
    ['RSA', 'PS512'],
    ['Ed25519', 'EdDSA'],
    ['Ed25519', 'Ed25519'],
  ]
  const rows = algorithms.flatMap(([key, alg]) => forms.map((form) => [form, key, alg] as const))

  test.each(rows)('from %s of %s is signed with %s if configured', async (form, name, alg) => {
    const key = keys[name]
    const auth = privateKeyJwt(formOf(key, form, alg), { alg })
    expect(auth.method).toBe('private_key_jwt')
    expect(readSigned(await assertionOf(auth), key)).toMatchObject({ valid: true, alg, header: {} })
  })

  test.each([
    ['EC P-256', 'ES256'],
    ['EC P-384', 'ES384'],
    ['EC P-521', 'ES512'],
    ['RSA', 'RS256'],
    ['Ed25519', 'EdDSA'],
  ] as const)('from PEM or JWK of %s is signed with %s by default', async (name, alg) => {
    for (const key of [pemOf(keys[name]), jwkOf(keys[name])]) {
      expect(readSigned(await assertionOf(privateKeyJwt(key)), keys[name])).toMatchObject({ valid: true, alg })
    }
  })

  test.each(['RS384', 'PS256', 'PS512'] as const)('follows the algorithm of a CryptoKey or JWK: %s', async (alg) => {
    const key = keys.RSA
    for (const stated of [key.toCryptoKey(SUBTLE[alg], false, ['sign']), jwkOf(key, { alg })]) {
      expect(readSigned(await assertionOf(privateKeyJwt(stated)), key)).toMatchObject({ valid: true, alg })
    }
  })

  test('accepts either name of EdDSA with a JWK that states the other', async () => {
    const key = jwkOf(keys.Ed25519, { alg: 'EdDSA' })
    expect(readSigned(await assertionOf(privateKeyJwt(key, { alg: 'Ed25519' })), keys.Ed25519)).toMatchObject({
      valid: true,
      alg: 'Ed25519',
    })
  })

  test('names the application twice, the issuer, and a short time that has just begun', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { claims } = readSigned(await assertionOf(privateKeyJwt(pemOf(keys['EC P-256']))), keys['EC P-256'])
    const after = Math.floor(Date.now() / 1000)
    const { iat, exp, jti, ...rest } = claims as Record<string, number>
    expect(rest).toEqual({ iss: 'app', sub: 'app', aud: 'https://id.example.com' })
    expect(Number(exp) - Number(iat)).toBe(60)
    expect(Number(iat)).toBeGreaterThanOrEqual(before - 10)
    expect(Number(iat)).toBeLessThanOrEqual(after - 10)
    expect(jti).toMatch(/^[\w-]{16,}$/)
  })

  test('is sent with the type of RFC 7523 and the client_id only', async () => {
    const { authorization, body } = await privateKeyJwt(pemOf(keys['EC P-256']))(CONTEXT)
    expect(authorization).toBeUndefined()
    expect(body).toEqual({
      client_id: 'app',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
  })

  test('has nbf and typ only if the options request them', async () => {
    const secret = randomBytes(32).toString('hex')
    const partsOf = async (options: Parameters<typeof clientSecretJwt>[1]) =>
      (await assertionOf(clientSecretJwt(secret, options))).split('.').slice(0, 2).map(decode)
    const [plainHeader, plain] = await partsOf({})
    expect([plainHeader?.typ, plain?.nbf]).toEqual([undefined, undefined])
    const [header, claims] = await partsOf({ notBefore: true, typ: 'client-authentication+jwt' })
    expect(header?.typ).toBe('client-authentication+jwt')
    expect(claims?.nbf).toBe(claims?.iat)
  })

  test.each([{ notBefore: 'yes' }, { typ: '' }, { typ: 7 }, { typ: 'a b' }])('refuses %o', (options) => {
    expect(() => clientSecretJwt(randomBytes(32).toString('hex'), options as never)).toThrow(/notBefore|typ must/)
  })

  test.each([30, 300])('lives for lifetimeSeconds: %i', async (lifetimeSeconds) => {
    const secret = randomBytes(32).toString('hex')
    const [, payload] = (await assertionOf(clientSecretJwt(secret, { lifetimeSeconds }))).split('.')
    const { iat, exp } = decode(payload)
    expect(Number(exp) - Number(iat)).toBe(lifetimeSeconds)
  })

  test('has the audience of the option, which may depend on the endpoint', async () => {
    const secret = randomBytes(32).toString('hex')
    const audienceOf = async (audience: string | ((context: ClientAuthContext) => string)) =>
      decode((await assertionOf(clientSecretJwt(secret, { audience }))).split('.')[1]).aud
    expect(await audienceOf('https://other.example.com')).toBe('https://other.example.com')
    expect(await audienceOf(({ url }) => url)).toBe(CONTEXT.url)
  })

  test.each([
    [{ kid: 'of the key' }, {}, 'of the key'],
    [{ kid: 'of the key' }, { kid: 'of the option' }, 'of the option'],
    [{}, { kid: 'of the option' }, 'of the option'],
    [{}, {}, undefined],
  ])('names the key: JWK %o, option %o', async (more, options, kid) => {
    const auth = privateKeyJwt(jwkOf(keys.RSA, more), options)
    const [header] = (await assertionOf(auth)).split('.')
    expect(decode(header).kid).toBe(kid)
  })

  test.each([
    ['line breaks of Windows', (pem: string) => pem.replaceAll('\n', '\r\n')],
    ['line breaks written as two characters', (pem: string) => pem.replaceAll('\n', '\\n')],
    ['line breaks of Windows written as four characters', (pem: string) => pem.replaceAll('\n', '\\r\\n')],
    ['its first line in a comment before it', (pem: string) => `see -----BEGIN PRIVATE KEY----- below\n${pem}`],
    ['its last line before it', (pem: string) => `-----END PRIVATE KEY-----\n${pem}`],
    ['both in a comment after it', (pem: string) => `${pem}-----BEGIN PRIVATE KEY-----, -----END PRIVATE KEY-----`],
    ['no line break at the end, and space around', (pem: string) => `  ${pem.trim()}  `],
    [
      'attributes before it',
      (pem: string) => `Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n${pem}`,
    ],
    ['a certificate after it', (pem: string) => `${pem}-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n`],
  ])('accepts PEM that has %s', async (_what, change) => {
    const auth = privateKeyJwt(change(pemOf(keys['EC P-256'])))
    expect(readSigned(await assertionOf(auth), keys['EC P-256']).valid).toBe(true)
  })

  test("uses a copy of the key, so later changes to the caller's object have no effect, and the object stays unchanged", async () => {
    const jwk = jwkOf(keys['EC P-256'], { kid: 'first', ext: true, key_ops: ['sign'], use: 'sig' })
    const copy = structuredClone(jwk)
    const auth = privateKeyJwt(jwk)
    await assertionOf(auth)
    expect(jwk).toEqual(copy)
    expect(Object.isFrozen(jwk)).toBe(false)
    Object.assign(jwk, jwkOf(keys['EC P-384']), { kid: 'second' })
    expect(readSigned(await assertionOf(auth), keys['EC P-256'])).toMatchObject({
      valid: true,
      header: { kid: 'first' },
    })
  })

  test('imports the key once, with the first call', async () => {
    const imports = vi.spyOn(crypto.subtle, 'importKey')
    try {
      const secret = randomBytes(32).toString('hex')
      for (const auth of [privateKeyJwt(pemOf(keys.RSA)), privateKeyJwt(jwkOf(keys.RSA)), clientSecretJwt(secret)]) {
        expect(imports).not.toHaveBeenCalled()
        await Promise.all([assertionOf(auth), assertionOf(auth)])
        await assertionOf(auth)
        expect(imports).toHaveBeenCalledTimes(1)
        const [, , , extractable] = imports.mock.calls[0] ?? []
        expect(extractable).toBe(false)
        imports.mockClear()
      }
    } finally {
      imports.mockRestore()
    }
  })

  test('has a unique id', async () => {
    const auth = clientSecretJwt(randomBytes(32).toString('hex'))
    const assertions = await Promise.all(Array.from({ length: 50 }, () => assertionOf(auth)))
    expect(new Set(assertions.map((one) => decode(one.split('.')[1]).jti)).size).toBe(50)
  })
})

test('the main entry works without jose', async () => {
  const { Worker } = await import('node:worker_threads')
  // A loader that refuses jose: loading it would fail.
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(specifier, context, next) {
      if (/^jose/.test(specifier)) throw new Error('jose was loaded')
      return next(specifier, context)
    } })
    const { createLogoutClient } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
    await import(${JSON.stringify(new URL('./jwt.ts', import.meta.url).href)}).then(
      () => { throw new Error('the hook did not work') },
      (error) => { if (!/jose was loaded/.test(error.message)) throw error },
    )`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`))
  const [exitCode] = await once(worker, 'exit')
  expect(exitCode).toBe(0)
})
