import { createHmac, randomBytes } from 'node:crypto'
import { parse } from 'node:querystring'
import { inspect } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { clientSecretJwt, privateKeyJwt } from './jwt.ts'
import type { LogoutClientOptions } from './options.ts'
import { assertionOf, decode, jwkOf, type Key, keys } from './testing/assertions.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

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
    // The first request is executed before its response is lost, so the provider has seen its `jti`.
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
