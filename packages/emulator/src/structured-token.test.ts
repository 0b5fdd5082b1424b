import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { credentials, getUserinfo, postForm } from './testing/wire.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({ accessTokenTtl: 120 })
})
afterAll(() => emulator.close())

test('a resource server can verify access tokens with the published keys', async () => {
  const { accessToken } = await emulator.signIn('alice')
  const keys = createRemoteJWKSet(new URL(`${emulator.issuer}/.well-known/jwks.json`))
  const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
    issuer: emulator.issuer,
    audience: emulator.app.appId,
    algorithms: ['RS256'],
    typ: 'at+jwt',
  })
  expect(payload).toMatchObject({ sub: 'alice', scope: 'openid profile email phone offline_access' })
  expect(Number(payload.exp) - Number(payload.iat)).toBe(120)
  expect(protectedHeader.alg).toBe('RS256')
})

test('no private key is published', async () => {
  const { keys } = (await (await fetch(`${emulator.issuer}/.well-known/jwks.json`)).json()) as { keys: object[] }
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(Object.keys(key)).not.toContain('d')
})

test('the jti of an access token is not a token', async () => {
  const { accessToken } = await emulator.signIn()
  const { jti = '' } = decodeJwt(accessToken)
  expect((await getUserinfo(emulator.appHost, jti)).status).toBe(401)
  await postForm(`${emulator.issuer}/token/revocation`, { token: jti, ...credentials(emulator.app) })
  expect(await emulator.isActive(jti)).toBe(false)
  expect(await emulator.isActive(accessToken)).toBe(true)
})

test('a changed access token is unknown, and revoking it does not affect the real one', async () => {
  const { accessToken } = await emulator.signIn()
  const [header, , signature] = accessToken.split('.')
  const payload = Buffer.from(JSON.stringify({ ...decodeJwt(accessToken), sub: 'mallory' })).toString('base64url')
  const changed = `${header}.${payload}.${signature}`
  expect((await getUserinfo(emulator.appHost, changed)).status).toBe(401)
  expect(
    (await postForm(`${emulator.issuer}/token/revocation`, { token: changed, ...credentials(emulator.app) })).status,
  ).toBe(200)
  expect(await emulator.isActive(changed)).toBe(false)
  expect(await emulator.isActive(accessToken)).toBe(true)
})

test.each(['the same', 'another'])('a token signed by a foreign key under %s key id is unknown', async (which) => {
  const { accessToken } = await emulator.signIn()
  const { kid = '' } = decodeProtectedHeader(accessToken)
  const { privateKey } = await generateKeyPair('RS256')
  const forged = await new SignJWT(decodeJwt(accessToken))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: which === 'another' ? 'foreign' : kid })
    .sign(privateKey)
  expect(await emulator.isActive(forged)).toBe(false)
  expect(await emulator.isActive(accessToken)).toBe(true)
})

test('a token signed with the public key as a shared secret is unknown', async () => {
  const { accessToken } = await emulator.signIn()
  const { keys } = (await (await fetch(`${emulator.issuer}/.well-known/jwks.json`)).json()) as { keys: object[] }
  const { kid = '' } = decodeProtectedHeader(accessToken)
  const forged = await new SignJWT(decodeJwt(accessToken))
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
    .sign(new TextEncoder().encode(JSON.stringify(keys[0])))
  expect(await emulator.isActive(forged)).toBe(false)
})

test('an ID token is not an access token', async () => {
  const { idToken } = await emulator.signIn()
  expect((await getUserinfo(emulator.appHost, idToken)).status).toBe(401)
  expect(await emulator.isActive(idToken)).toBe(false)
})

test('an access token of another emulator is unknown', async () => {
  await using other = await startEmulator()
  const { accessToken } = await other.signIn()
  expect(await emulator.isActive(accessToken)).toBe(false)
  expect(await other.isActive(accessToken)).toBe(true)
})

test('the private key of an application is a complete JWK', async () => {
  const { privateKey } = emulator.apps.privateKeyJwt
  expect(privateKey).toMatchObject({
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    d: expect.any(String),
    kid: expect.any(String),
  })
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  expect(Object.keys(await exportJWK(publicKey))).not.toContain('d')
})
