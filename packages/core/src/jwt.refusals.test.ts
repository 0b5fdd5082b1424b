import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { clientSecretJwt, type PrivateKeyJwtOptions, privateKeyJwt } from './jwt.ts'
import { assertionOf, jwkOf, type Key, keys, pemOf, SUBTLE } from './testing/assertions.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'

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
    ['an alg that does not exist', pemOf(ec), { alg: 'none' }, /none/],
    ['an alg that is not a string', pemOf(ec), { alg: 256 }, /alg/],
    ['a public JWK', jwkOf(publicKey), {}, /public.*private/],
    ['a public CryptoKey', publicKey.toCryptoKey(SUBTLE.ES256, true, ['verify']), {}, /public.*private/],
    ['public PEM', publicKey.export({ type: 'spki', format: 'pem' }), {}, /PKCS#8.*PUBLIC KEY/],
    ['PEM of PKCS#1', keys.RSA.export({ type: 'pkcs1', format: 'pem' }), {}, /PKCS#8.*RSA PRIVATE KEY/],
    ['PEM of SEC1', ec.export({ type: 'sec1', format: 'pem' }), {}, /PKCS#8.*EC PRIVATE KEY/],
    ['encrypted PEM', encrypted, {}, /ENCRYPTED PRIVATE KEY/],
    ['a text that is not PEM', 'canary-not-a-key', {}, /PEM/],
    ['PEM that is not base64', '-----BEGIN PRIVATE KEY-----\nA===A\n-----END PRIVATE KEY-----', {}, /PEM/],
    ['PEM without an end', pemOf(ec).slice(0, 60), {}, /PEM/],
    ['a JWK of X25519', jwkOf(x25519), {}, /X25519/],
    ['a JWK of secp256k1', jwkOf(secp256k1), {}, /secp256k1/],
    ['a symmetric JWK', { kty: 'oct', k: 'Y2FuYXJ5' }, {}, /clientSecretJwt/],
    ['an object that is not a JWK', { hello: 'world' }, {}, /JWK/],
    ['a KeyObject', ec, {}, /is a KeyObject: pass its PEM as text, or key\.export\(/],
    ['a Buffer', Buffer.from(pemOf(ec)), {}, /bytes.*PEM as text/],
    ['an ArrayBuffer', new ArrayBuffer(8), {}, /bytes.*PEM as text/],
    ['a promise of a key', Promise.resolve(jwkOf(ec)), {}, /is a promise: await it/],
    ['a set of keys', { keys: [jwkOf(ec)] }, {}, /with kty/],
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
    ['a function that returns nothing', () => undefined],
  ])('rejects a call without an audience: %s', async (_what, audience) => {
    await using server = await listen(always(200))
    const clientAuth = clientSecretJwt(randomBytes(32).toString('hex'), { audience: audience as never })
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin }, clientAuth })
    const error = await logoutErrorOf(() => client.revokeToken('a token'))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/audience.*issuer/)
    expect(server.requests).toEqual([])
  })

  test.each<[unknown, RegExp]>([
    [async ({ url }: { url: string }) => url, /returns a string.*\(got a promise\)\.$/],
    [() => ['https://id.example.com'], /\(got object\)\.$/],
    [() => '', /\(got an empty string\)\.$/],
    [() => undefined, /\(got undefined\)\.$/],
  ])('states what a function for the audience returned, if the issuer is known: %s', async (audience, message) => {
    const clientAuth = clientSecretJwt(randomBytes(32).toString('hex'), { audience: audience as never })
    const error = await logoutErrorOf(() => assertionOf(clientAuth))
    expect(error).toMatchObject({ code: 'invalid_options', option: 'audience' })
    expect(error.message).toMatch(message)
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
