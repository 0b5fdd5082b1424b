import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { parse } from 'node:querystring'
import { inspect } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { ClientAuthContext } from './client-auth.ts'
import { clientSecretJwt, type PrivateKeyJwtOptions, privateKeyJwt, type SigningAlgorithm } from './jwt.ts'
import type { LogoutClientOptions } from './options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'

type Key = Parameters<typeof privateKeyJwt>[0]
type Form = 'PEM' | 'JWK' | 'CryptoKey'

const CONTEXT: ClientAuthContext = {
  appId: 'app',
  endpoint: 'revocation',
  url: 'https://id.example.com/token/revocation',
  issuer: 'https://id.example.com',
  attempt: 1,
}

const keys = {
  'EC P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'EC P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'EC P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
}

type Subtle = Parameters<KeyObject['toCryptoKey']>[0]
const SUBTLE: Record<SigningAlgorithm, Subtle> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  PS384: { name: 'RSA-PSS', hash: 'SHA-384' },
  PS512: { name: 'RSA-PSS', hash: 'SHA-512' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

function jwkOf(key: KeyObject, more: object = {}): Exclude<Key, string> {
  return { ...key.export({ format: 'jwk' }), ...more } as never
}

function formOf(key: KeyObject, form: Form, alg: SigningAlgorithm): Key {
  if (form === 'PEM') return pemOf(key)
  return form === 'JWK' ? jwkOf(key) : key.toCryptoKey(SUBTLE[alg], false, ['sign'])
}

function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
}

/** Verifies an assertion with nothing of what made it, and returns what it says. */
function readSigned(assertion: string, key: KeyObject) {
  const [header, payload, signature] = assertion.split('.')
  const { alg, ...rest } = decode(header)
  const hash = /^Ed/.test(String(alg)) ? undefined : `sha${String(alg).slice(2)}`
  const pss = String(alg).startsWith('PS') ? { padding: 6, saltLength: -1 } : {}
  const valid = verify(
    hash,
    Buffer.from(`${header}.${payload}`),
    { key: createPublicKey(key), dsaEncoding: 'ieee-p1363', ...pss },
    Buffer.from(signature ?? '', 'base64url'),
  )
  return { valid, alg, header: rest, claims: decode(payload) }
}

async function assertionOf(auth: ReturnType<typeof privateKeyJwt>, context: Partial<ClientAuthContext> = {}) {
  const { body } = await auth({ ...CONTEXT, ...context })
  return body?.client_assertion ?? ''
}

describe('privateKeyJwt() at a provider', () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator()
  })
  afterAll(() => emulator.close())

  test.each(['appHost', 'protocol oauth', 'issuer'] as const)('revokes and introspects with %s', async (by) => {
    const { privateKey, appId } = emulator.apps.privateKeyJwt
    const { accessToken } = await emulator.signIn('alice', { app: emulator.apps.privateKeyJwt })
    const clientAuth = privateKeyJwt(privateKey as Key)
    const { appHost, issuer } = emulator
    const protocol = by === 'appHost' ? 'oidc' : 'oauth'
    const location = by === 'issuer' ? { issuer } : { appHost, protocol }
    const client = createLogoutClient({ appId, ...location, clientAuth } as LogoutClientOptions)
    expect(await client.revokeToken(accessToken, { verify: true })).toBe(true)
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('revokes at an endpoint of a provider whose issuer is the option audience', async () => {
    const { privateKey, appId } = emulator.apps.privateKeyJwt
    const { refreshToken } = await emulator.signIn('alice', { app: emulator.apps.privateKeyJwt })
    const clientAuth = privateKeyJwt(privateKey as Key, { audience: emulator.issuer })
    const endpoints = { revocation: `${emulator.issuer}/token/revocation` }
    expect(await createLogoutClient({ appId, endpoints, clientAuth }).revokeToken(refreshToken)).toBe(true)
    expect(await emulator.isActive(refreshToken)).toBe(false)
  })

  test('sends a new assertion with each attempt, as a provider that remembers them requires', async () => {
    await using own = await startEmulator()
    const { privateKey, appId } = own.apps.privateKeyJwt
    const { accessToken } = await own.signIn('alice', { app: own.apps.privateKeyJwt })
    const assertions: string[] = []
    const client = createLogoutClient({
      appId,
      appHost: own.appHost,
      clientAuth: privateKeyJwt(privateKey as Key),
      fetch: (url, init) => {
        assertions.push(String(parse(String(init?.body)).client_assertion))
        return fetch(url, init)
      },
    })
    // The first one is carried out before its answer is lost, so the provider has seen its `jti`.
    own.answerNext({ handled: true, status: 503 })
    own.answerNext({ status: 503, headers: { 'retry-after': '0' } })
    expect(await client.revokeToken(accessToken)).toBe(true)
    expect(await own.isActive(accessToken)).toBe(false)
    expect(own.requests.filter(({ endpoint }) => endpoint === 'revocation')).toMatchObject([
      { status: 503, clientAuth: ['private_key_jwt'] },
      { status: 503, clientAuth: ['private_key_jwt'] },
      { status: 200, clientAuth: ['private_key_jwt'] },
    ])
    const ids = assertions.map((assertion) => decode(assertion.split('.')[1]).jti)
    expect(new Set(ids).size).toBe(3)
  })

  test('is refused with the key of another application, and reveals neither key nor assertion', async () => {
    const { appId } = emulator.apps.privateKeyJwt
    const jwk = jwkOf(keys['EC P-256'], { kid: 'other' })
    let assertion = ''
    const events: unknown[] = []
    const client = createLogoutClient({
      appId,
      appHost: emulator.appHost,
      clientAuth: privateKeyJwt(jwk),
      onEvent: (event) => events.push(event),
      fetch: (url, init) => {
        assertion = String(parse(String(init?.body)).client_assertion)
        return fetch(url, init)
      },
    })
    const error = await logoutErrorOf(() => client.revokeToken('some token'))
    expect(error).toMatchObject({ code: 'client_auth_failed', status: 401, attempts: 1 })
    const shown = inspect([error, client, events], { depth: 10, showHidden: true }) + JSON.stringify([error, events])
    const secrets = [...assertion.split('.'), 'd' in jwk ? String(jwk.d) : '', 'some token']
    expect(secrets.map((secret) => secret.length > 8 && shown.includes(secret))).toEqual(secrets.map(() => false))
  })
})

describe('clientSecretJwt() at a provider', () => {
  test('revokes and introspects, and never sends the secret', async () => {
    await using emulator = await startEmulator()
    const { appId, appSecret = '' } = emulator.apps.clientSecretJwt
    const { accessToken } = await emulator.signIn('alice', { app: emulator.apps.clientSecretJwt })
    const sent: string[] = []
    const client = createLogoutClient({
      appId,
      issuer: emulator.issuer,
      clientAuth: clientSecretJwt(appSecret),
      fetch: (url, init) => {
        sent.push(JSON.stringify([url, init?.body, [...new Headers(init?.headers)]]))
        return fetch(url, init)
      },
    })
    emulator.answerNext({ status: 503 })
    expect(await client.revokeToken(accessToken, { verify: true })).toBe(true)
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(sent.length).toBeGreaterThan(4)
    expect(sent.join()).not.toContain(appSecret)
    const auths = emulator.requests.flatMap(({ endpoint, clientAuth }) => (endpoint === 'revocation' ? clientAuth : []))
    expect(auths).toEqual(['client_secret_jwt', 'client_secret_jwt'])
  })

  test.each(['HS256', 'HS384', 'HS512'] as const)('signs with %s and the bytes of the secret', async (alg) => {
    const secret = `sécret ${randomBytes(64).toString('base64')}`
    const [header, payload, signature] = (await assertionOf(clientSecretJwt(secret, { alg }))).split('.')
    const expected = createHmac(alg.replace('HS', 'sha'), secret).update(`${header}.${payload}`).digest('base64url')
    expect(signature).toBe(expected)
    expect(decode(header)).toEqual({ alg })
  })
})

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
    ['no line break at the end, and space around', (pem: string) => `  ${pem.trim()}  `],
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

describe('invalid_options', () => {
  const ec = keys['EC P-256']
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const x25519 = generateKeyPairSync('x25519').privateKey
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey
  const publicKey = createPublicKey(ec)
  const encrypted = ec.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })

  const wrong: readonly (readonly [string, unknown, PrivateKeyJwtOptions | object | null, RegExp])[] = [
    ['an EC key of another curve than alg', jwkOf(ec), { alg: 'ES384' }, /ES384.*EC P-256.*ES256/],
    ['an EC key with an alg of RSA', jwkOf(ec), { alg: 'RS256' }, /RS256.*EC P-256/],
    ['an RSA key with an alg of EC', jwkOf(keys.RSA), { alg: 'ES256' }, /ES256.*RSA/],
    ['a JWK that is meant for another alg', jwkOf(keys.RSA, { alg: 'RS256' }), { alg: 'PS256' }, /PS256.*RS256/],
    ['a JWK whose own alg does not fit', jwkOf(ec, { alg: 'ES512' }), {}, /ES512.*P-256/],
    [
      'a CryptoKey for PS256 with RS256',
      keys.RSA.toCryptoKey(SUBTLE.PS256, false, ['sign']),
      { alg: 'RS256' },
      /RS256/,
    ],
    ['an alg that is none', pemOf(ec), { alg: 'none' }, /none/],
    ['an alg that is not a string', pemOf(ec), { alg: 256 }, /alg/],
    ['a public JWK', jwkOf(publicKey), {}, /public.*private/],
    ['a public CryptoKey', publicKey.toCryptoKey(SUBTLE.ES256, true, ['verify']), {}, /public.*private/],
    ['public PEM', publicKey.export({ type: 'spki', format: 'pem' }), {}, /PKCS#8.*PUBLIC KEY/],
    ['PEM of PKCS#1', keys.RSA.export({ type: 'pkcs1', format: 'pem' }), {}, /PKCS#8.*RSA PRIVATE KEY/],
    ['PEM of SEC1', ec.export({ type: 'sec1', format: 'pem' }), {}, /PKCS#8.*EC PRIVATE KEY/],
    ['encrypted PEM', encrypted, {}, /ENCRYPTED PRIVATE KEY/],
    ['a text that is no PEM', 'canary-not-a-key', {}, /PEM/],
    ['PEM that is not base64', '-----BEGIN PRIVATE KEY-----\nA===A\n-----END PRIVATE KEY-----', {}, /PEM/],
    ['PEM without an end', pemOf(ec).slice(0, 60), {}, /PEM/],
    ['a JWK of X25519', jwkOf(x25519), {}, /X25519/],
    ['a JWK of secp256k1', jwkOf(secp256k1), {}, /secp256k1/],
    ['a symmetric JWK', { kty: 'oct', k: 'Y2FuYXJ5' }, {}, /clientSecretJwt/],
    ['an object that is no JWK', { hello: 'world' }, {}, /JWK/],
    ['a JWK for encryption', jwkOf(keys.RSA, { use: 'enc' }), {}, /use/],
    ['a JWK for other operations', jwkOf(ec, { key_ops: ['deriveBits'] }), {}, /key_ops/],
    [
      'a CryptoKey for key agreement',
      ec.toCryptoKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']),
      {},
      /ECDH/,
    ],
    [
      'a CryptoKey for encryption',
      keys.RSA.toCryptoKey({ name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['decrypt']),
      {},
      /RSA-OAEP/,
    ],
    ['a CryptoKey with SHA-1', keys.RSA.toCryptoKey({ name: 'RSA-PSS', hash: 'SHA-1' }, false, ['sign']), {}, /SHA-1/],
    ['a CryptoKey of RSA with 1024 bits', short.toCryptoKey(SUBTLE.RS256, false, ['sign']), {}, /1024.*RS256.*2048/],
    ['no key', undefined, {}, /key/],
    ['null as key', null, {}, /key/],
    ['options that are null', pemOf(ec), null, /options/],
    ['a kid that is not a string', pemOf(ec), { kid: 7 }, /kid/],
    ['an empty kid', jwkOf(ec, { kid: '' }), {}, /kid/],
    ['an empty audience', pemOf(ec), { audience: '' }, /audience/],
    ['an audience that is a list', pemOf(ec), { audience: ['a', 'b'] }, /audience/],
    ['a lifetime that is too long', pemOf(ec), { lifetimeSeconds: 301 }, /lifetimeSeconds.*300/],
    ['a lifetime that is too short', pemOf(ec), { lifetimeSeconds: 29 }, /lifetimeSeconds/],
    ['a lifetime with a fraction', pemOf(ec), { lifetimeSeconds: 60.5 }, /lifetimeSeconds/],
    ['a lifetime that is text', pemOf(ec), { lifetimeSeconds: '60' }, /lifetimeSeconds/],
  ]
  test.each(wrong)('is what privateKeyJwt() throws for %s', async (_what, key, options, message) => {
    const error = await logoutErrorOf(() => privateKeyJwt(key as Key, options as PrivateKeyJwtOptions))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(message)
    expect(inspect(error)).not.toContain('canary')
    const jwk = ec.export({ format: 'jwk' })
    expect(inspect(error)).not.toContain(jwk.d)
  })

  test.each([
    ['RSA PEM', pemOf(short)],
    ['RSA JWK', jwkOf(short)],
  ])('rejects a call whose %s has only 1024 bits', async (_what, key) => {
    const error = await logoutErrorOf(() => assertionOf(privateKeyJwt(key)))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/1024.*RS256.*2048/)
  })

  test.each<[string, string, PrivateKeyJwtOptions, RegExp]>([
    ['PEM of another curve than alg', pemOf(ec), { alg: 'ES384' }, /imported for ES384: .*another type or curve/],
    ['RSA PEM with an alg of EC', pemOf(keys.RSA), { alg: 'ES256' }, /ES256/],
    ['damaged PEM', '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----', {}, /damaged/],
    ['PEM of X25519', pemOf(x25519), {}, /RS256, ES256, ES384, ES512, EdDSA/],
    ['PEM of secp256k1', pemOf(secp256k1), {}, /RS256, ES256, ES384, ES512, EdDSA/],
    ['PEM of RSASSA-PSS, which Web Crypto cannot read', pemOf(pss), {}, /RS256/],
  ])('rejects a call whose key is %s', async (_what, key, options, message) => {
    const error = await logoutErrorOf(() => assertionOf(privateKeyJwt(key, options)))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(message)
    expect(inspect(error)).not.toContain(ec.export({ format: 'jwk' }).d)
  })

  test('rejects a call whose key cannot be imported, without sending anything or showing any part of the key', async () => {
    await using server = await listen(always(200))
    const damaged = jwkOf(ec, { d: 'canary-canary-canary-canary' })
    const clientAuth = privateKeyJwt(damaged, { audience: 'https://id.example.com' })
    const endpoints = { revocation: server.origin }
    const client = createLogoutClient({ appId: 'app', endpoints, clientAuth })
    for (const _again of [1, 2]) {
      const { tokens } = await client.logout({ accessToken: 'a token' })
      expect(tokens[0]).toMatchObject({ state: 'live', attempts: 0, error: { code: 'invalid_options' } })
      expect(tokens[0]?.error?.message).toMatch(/import.*ES256/)
      expect(inspect(tokens, { depth: 10, showHidden: true })).not.toContain('canary')
    }
    expect(server.requests).toEqual([])
  })

  test.each([
    ['a string', undefined],
    ['a function that gives nothing', () => undefined],
  ])('rejects a call without an audience: %s', async (_what, audience) => {
    await using server = await listen(always(200))
    const clientAuth = clientSecretJwt(randomBytes(32).toString('hex'), { audience: audience as never })
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin }, clientAuth })
    const error = await logoutErrorOf(() => client.revokeToken('a token'))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/audience.*issuer/)
    expect(server.requests).toEqual([])
  })

  test.each([
    ['too short for HS256', 'canary-canary-canary-canary-31b', {}, /31.*HS256.*32/],
    ['too short for HS512', 'canary'.repeat(10), { alg: 'HS512' }, /60.*HS512.*64/],
    ['empty', '', {}, /secret/],
    ['missing', undefined, {}, /secret/],
    ['broken text', `canary-${'\ud800'.repeat(40)}`, {}, /secret/],
    ['used with a key algorithm', 'canary'.repeat(10), { alg: 'RS256' }, /alg/],
    ['used with no algorithm', 'canary'.repeat(10), { alg: null }, /alg/],
  ])('is what clientSecretJwt() throws for a secret that is %s', async (_what, secret, options, message) => {
    const error = await logoutErrorOf(() => clientSecretJwt(secret as string, options as object))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(message)
    expect(inspect(error, { showHidden: true })).not.toContain('canary')
  })
})

test('the main entry works without jose', async () => {
  const { Worker } = await import('node:worker_threads')
  // A loader that refuses jose: whatever loads it would fail.
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
