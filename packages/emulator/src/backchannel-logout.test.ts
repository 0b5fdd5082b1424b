import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compactDecrypt, createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, type LogoutSender, startEmulator } from './index.ts'
import { send } from './testing/wire.ts'
import { UserAgent } from './user-agent.ts'

let emulator: Emulator
let uri: string
let received: { readonly type: string | undefined; readonly token: string }[]
let status: number
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  received.push({ type: request.headers['content-type'], token: new URLSearchParams(body).get('logout_token') ?? '' })
  response.writeHead(status, { location: uri }).end()
})
beforeAll(async () => {
  emulator = await startEmulator()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`
  reset()
})
afterAll(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})
afterEach(async () => {
  reset()
  for (const app of Object.values(emulator.apps)) await emulator.sendLogoutsTo(undefined, { app })
})
const reset = (): void => {
  received = []
  status = 200
}

const verify = (token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${emulator.issuer}/.well-known/jwks.json`)))
const only = (): string => {
  expect(received).toHaveLength(1)
  return received[0]?.token ?? ''
}

describe('logOut()', () => {
  test('makes oidc-provider notify the application, with the sid of the ID token', async () => {
    await emulator.sendLogoutsTo(uri)
    const { idToken } = await emulator.signIn('alice')
    expect(await emulator.logOut('alice')).toEqual([{ appId: emulator.app.appId, status: 200 }])
    const { protectedHeader, payload } = await verify(only())
    expect(received[0]?.type).toMatch(/^application\/x-www-form-urlencoded/)
    expect(protectedHeader.typ).toBe('logout+jwt')
    const { sid } = decodeJwt(idToken)
    expect(sid).toEqual(expect.any(String))
    expect(payload).toMatchObject({
      iss: emulator.issuer,
      aud: emulator.app.appId,
      sub: 'alice',
      sid,
      jti: expect.any(String),
    })
  })

  test("notifies each application about each session, but not about other users' sessions", async () => {
    const { post, basic, none } = emulator.apps
    for (const app of [post, basic]) await emulator.sendLogoutsTo(uri, { app })
    await emulator.signIn('alice', { app: post })
    await emulator.signIn('alice', { app: post })
    await emulator.signIn('alice', { app: basic })
    await emulator.signIn('alice', { app: none })
    await emulator.signIn('bob', { app: post })
    const told = (await emulator.logOut('alice')).map(({ appId }) => appId).sort()
    expect(told).toEqual([post.appId, post.appId, basic.appId].sort())
    expect(new Set(received.map(({ token }) => decodeJwt(token).sid)).size).toBe(3)
    expect(await emulator.logOut('alice')).toEqual([])
  })

  test('ends one session if it is named', async () => {
    await emulator.sendLogoutsTo(uri)
    const { idToken } = await emulator.signIn('carol')
    await emulator.signIn('carol')
    const { sid } = decodeJwt(idToken) as { sid: string }
    expect(await emulator.logOut('carol', { sid })).toHaveLength(1)
    expect(decodeJwt(only()).sid).toBe(sid)
    expect(await emulator.logOut('carol')).toHaveLength(1)
  })

  test('reports the response of the application, and follows no redirect', async () => {
    await emulator.sendLogoutsTo(uri)
    for (status of [400, 503, 302]) {
      await emulator.signIn('alice')
      expect(await emulator.logOut('alice')).toEqual([{ appId: emulator.app.appId, status }])
    }
    expect(received).toHaveLength(3)
    await emulator.sendLogoutsTo('http://127.0.0.1:9/nobody')
    await emulator.signIn('alice')
    expect(await emulator.logOut('alice')).toEqual([{ appId: emulator.app.appId }])
  })

  test('leaves tokens with offline access active, as providers do', async () => {
    const { accessToken, refreshToken } = await emulator.signIn('alice')
    await emulator.logOut('alice')
    expect(await emulator.isActive(refreshToken)).toBe(true)
    expect(await emulator.isActive(accessToken)).toBe(true)
  })
})

describe('the logout tokens of other providers', () => {
  test.each<[LogoutSender, Record<string, unknown>, string | undefined]>([
    [
      'keycloak',
      {
        sub: 'alice',
        sid: expect.any(String),
        typ: 'Logout',
        events: expect.objectContaining({ revoke_offline_access: true }),
      },
      'logout+jwt',
    ],
    ['hydra', { sub: undefined, sid: expect.any(String), exp: undefined, aud: [expect.any(String)] }, 'JWT'],
    ['zitadel', { sub: 'alice', exp: expect.any(Number) }, 'logout+jwt'],
    ['authentik', { sub: 'alice', exp: expect.any(Number) }, 'logout+jwt'],
    ['authentik-2025.6', { sub: 'alice', exp: undefined }, undefined],
    ['duende', { logout_reason: 'UserLogout', nbf: expect.any(Number) }, 'logout+jwt'],
    ['auth0', { trace_id: expect.any(String) }, 'logout+jwt'],
    ['lemonldap', { exp: undefined, aud: [expect.any(String)] }, undefined],
  ])('have the format of %s', async (sender, claims, typ) => {
    await emulator.sendLogoutsTo(uri, { sender })
    await emulator.signIn('alice')
    expect(await emulator.logOut('alice')).toMatchObject([{ status: 200 }])
    const { payload, protectedHeader } = await verify(only())
    expect({ ...payload }).toMatchObject(
      Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)),
    )
    for (const [name, value] of Object.entries(claims))
      if (value === undefined) expect(payload).not.toHaveProperty(name)
    expect(protectedHeader.typ).toBe(typ)
    expect(payload.events).toMatchObject({ 'http://schemas.openid.net/event/backchannel-logout': {} })
  })

  test('have no sid if it is not required', async () => {
    for (const sender of ['oidc-provider', 'keycloak'] as const) {
      reset()
      await emulator.sendLogoutsTo(uri, { sender, sessionRequired: false })
      await emulator.signIn('alice')
      await emulator.logOut('alice')
      expect(decodeJwt(only())).not.toHaveProperty('sid')
    }
  })

  test.each(['RSA-OAEP-256', 'ECDH-ES'])('are encrypted with %s', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    await emulator.sendLogoutsTo(uri, { encryptionKey: { ...(await exportJWK(publicKey)), kid: 'enc' } })
    await emulator.signIn('alice')
    await emulator.logOut('alice')
    const { plaintext, protectedHeader } = await compactDecrypt(only(), privateKey)
    expect(protectedHeader).toMatchObject({ alg, cty: 'JWT', kid: 'enc' })
    expect((await verify(new TextDecoder().decode(plaintext))).payload.sub).toBe('alice')
  })
})

test.each([
  ['/oidc/session/end', '/session/end'],
  ["GenAuth's own address", undefined],
])('a logout in the browser at %s is also reported', async (_name, path) => {
  await emulator.sendLogoutsTo(uri)
  const browser = new UserAgent()
  const start = new URL(`${emulator.issuer}/auth`)
  const { appId, redirectUri } = emulator.app
  start.search = new URLSearchParams({
    client_id: appId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
  }).toString()
  const login = new URL((await browser.request(start)).location ?? '', emulator.appHost)
  const { location = '' } = await browser.request(login, { login: 'dave' })
  await browser.request(new URL(location, emulator.appHost))
  await browser.request(new URL(path ? `${emulator.issuer}${path}` : `${emulator.appHost}/login/profile/logout`))
  browser.close()
  expect(decodeJwt(only()).sub).toBe('dave')
  // Without a session there is nothing to report.
  await send(`${emulator.issuer}/session/end`)
  expect(received).toHaveLength(1)
})

test('metadata states that logouts are reported', async () => {
  const metadata = JSON.parse((await send(`${emulator.issuer}/.well-known/openid-configuration`)).body)
  expect(metadata).toMatchObject({ backchannel_logout_supported: true, backchannel_logout_session_supported: true })
})

test.each(['https://app.example.com/logout', 'no address', 'ftp://127.0.0.1/', 'http://127.0.0.1/#x'])(
  'sendLogoutsTo() refuses %s',
  async (wrong) => {
    await expect(emulator.sendLogoutsTo(wrong)).rejects.toThrow(TypeError)
  },
)

test('everything works over HTTP', async () => {
  const post = (path: string, body: unknown) =>
    send(`${emulator.appHost}/emulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await post('send-logouts-to', { uri, app: 'basic', sender: 'hydra' })).status).toBe(200)
  await emulator.signIn('erin', { app: emulator.apps.basic })
  const answer = await post('log-out', { user: 'erin' })
  expect(JSON.parse(answer.body)).toEqual([{ appId: emulator.apps.basic.appId, status: 200 }])
  expect(decodeJwt(only())).not.toHaveProperty('exp')
  expect((await post('send-logouts-to', { uri: 7 })).status).toBe(400)
  expect((await post('send-logouts-to', { uri, sender: 'nobody' })).status).toBe(400)
  expect((await post('log-out', {})).status).toBe(400)
})
