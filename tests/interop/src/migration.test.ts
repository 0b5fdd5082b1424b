import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { createLogoutClient, type LogoutClientOptions } from '@backend-logout/node'
import { checkSessionStatus, kickUser } from '@backend-logout/receiver/genauth'
import { AuthenticationClient, ManagementClient } from 'authing-node-sdk'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAuthority, createServerCertificate } from './certificates.ts'

/** The page whose steps change an application with the official SDK. */
const page = readFileSync(new URL('../../../docs/guides/migrating-from-genauth-sdks.md', import.meta.url), 'utf8')

/** The names in the first column of a table of the page, of each row that has any. */
function namesIn(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [table = ''] = section.split('\n## ')
  const firsts = Array.from(table.matchAll(/^\| (`.*?) (?<!\\)\| /gm), ([, first = '']) => first)
  return firsts.map((first) => Array.from(first.matchAll(/`(\w+)/g), ([, name = '']) => name))
}

const authority = await createAuthority()
const certificate = await createServerCertificate(authority)
const GOODBYE = 'https://app.example.com/goodbye'
type Old = ConstructorParameters<typeof AuthenticationClient>[0]

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator({ logoutRedirectUris: [GOODBYE] })
})
beforeEach(() => provider.reset())
afterAll(() => provider.close())

/** Settings of the application, under the names that both SDKs use. */
const settings = (emulator = provider) => ({
  appId: emulator.app.appId,
  appSecret: emulator.app.appSecret ?? '',
  appHost: emulator.appHost,
  redirectUri: 'https://app.example.com/callback',
  logoutRedirectUri: GOODBYE,
})
const oldClient = (options: Partial<Old> = {}, emulator = provider) =>
  new AuthenticationClient({ scope: 'openid', ...settings(emulator), ...options })
const newClient = (options: Partial<LogoutClientOptions> = {}, emulator = provider) =>
  createLogoutClient({ ...settings(emulator), ...options } as LogoutClientOptions)
const signIn = async () => provider.signIn('alice')

/** The old options of each row, and what replaces them. */
const OPTIONS: Readonly<Record<string, () => Promise<void>>> = {
  async appId() {
    for (const client of [oldClient(), newClient()]) {
      const { accessToken } = await signIn()
      expect([await client.revokeToken(accessToken), await provider.isActive(accessToken)]).toEqual([true, false])
    }
  },
  async protocol() {
    const { accessToken, refreshToken } = await signIn()
    expect(await oldClient({ protocol: 'oauth' }).revokeToken(accessToken)).toBe(true)
    expect(await newClient({ protocol: 'oauth' }).revokeToken(refreshToken)).toBe(true)
    const paths = provider.requests.filter(({ endpoint }) => endpoint === 'revocation').map(({ path }) => path)
    expect(paths).toEqual(['/oauth/token/revocation', '/oauth/token/revocation'])

    const redirectUri = GOODBYE
    const cas = oldClient({ protocol: 'cas' }).buildLogoutUrl({ redirectUri })
    expectSameAddress(newClient().buildLogoutUrl({ kind: 'cas', redirectUri }), cas)
    // The SDK throws the address, which is a string.
    const saml = catchThrown(() => oldClient({ protocol: 'saml' }).buildLogoutUrl({ redirectUri }))
    expectSameAddress(newClient().buildLogoutUrl({ kind: 'generic', redirectUri }), saml)
  },
  async redirectUri() {
    const { idToken } = await signIn()
    for (const client of [oldClient(), newClient()]) {
      const url = new URL(client.buildLogoutUrl({ idToken }) as string | URL)
      expect(url.searchParams.get('post_logout_redirect_uri')).toBe(GOODBYE)
    }
  },
  async timeout() {
    const { accessToken } = await signIn()
    provider.answerAlways({ endpoint: 'revocation', hang: true })
    await expect(oldClient({ timeout: 200 }).revokeToken(accessToken)).rejects.toBeDefined()
    const impatient = newClient({ timeoutMs: 200, retries: 0 })
    await expect(impatient.revokeToken(accessToken)).rejects.toMatchObject({ code: 'timeout' })
  },
  async tokenEndPointAuthMethod() {
    const { appId, appSecret = '' } = provider.apps.basic
    const method = 'client_secret_basic'
    const old = oldClient({
      appId,
      appSecret,
      tokenEndPointAuthMethod: method,
      introspectionEndPointAuthMethod: method,
      revocationEndPointAuthMethod: method,
    })
    for (const client of [old, newClient({ appId, appSecret, clientAuth: method })]) {
      const { accessToken } = await provider.signIn('alice', { app: provider.apps.basic })
      expect(await client.revokeToken(accessToken)).toBe(true)
      const request = provider.requests.findLast(({ endpoint }) => endpoint === 'revocation')
      expect([request?.clientAuth, await provider.isActive(accessToken)]).toEqual([[method], false])
    }
  },
  async rejectUnauthorized() {
    await using own = await startEmulator({ tls: { ...certificate, ca: authority.cert } })
    const trusting = newClient({ tls: { ca: authority.cert } } as object, own)
    for (const client of [oldClient({ rejectUnauthorized: false }, own), trusting]) {
      const { accessToken } = await own.signIn('alice')
      expect([await client.revokeToken(accessToken), await own.isActive(accessToken)]).toEqual([true, false])
    }
    const { accessToken } = await own.signIn('alice')
    await expect(newClient({}, own).revokeToken(accessToken)).rejects.toMatchObject({ code: 'network' })
    expect(await own.isActive(accessToken)).toBe(true)
  },
  async retryTimes() {
    for (const [client, revoked] of [
      [oldClient({ retryTimes: 3 }), false],
      [newClient({ retries: 3 }), true],
    ] as const) {
      const { accessToken } = await signIn()
      provider.answerNext({ endpoint: 'revocation', status: 503 })
      const result = await client.revokeToken(accessToken).catch(() => false)
      expect([result, await provider.isActive(accessToken)]).toEqual([revoked, !revoked])
    }
  },
}

/** The old call of each row, and the new one. */
const CALLS: Readonly<Record<string, () => Promise<void>>> = {
  async revokeToken() {
    const { accessToken, refreshToken } = await signIn()
    expect(await oldClient().revokeToken(accessToken)).toBe(true)
    expect(await newClient().revokeToken(refreshToken)).toBe(true)
    expect([await provider.isActive(accessToken), await provider.isActive(refreshToken)]).toEqual([false, false])

    // Statements of the page about refusals.
    const { accessToken: another } = await signIn()
    provider.answerAlways({ endpoint: 'revocation', status: 200, body: '{"error":"invalid_client"}' })
    expect(await oldClient().revokeToken(another)).toBe(true)
    await expect(newClient().revokeToken(another)).rejects.toMatchObject({ code: 'client_auth_failed' })
    expect(await provider.isActive(another)).toBe(true)
  },
  async introspectToken() {
    const { accessToken } = await signIn()
    for (const client of [oldClient(), newClient()])
      expect(await client.introspectToken(accessToken)).toMatchObject({ active: true, sub: 'alice' })
  },
  async buildLogoutUrl() {
    const { idToken } = await signIn()
    const options = { idToken, redirectUri: GOODBYE, state: 'abc' }
    const old = oldClient().buildLogoutUrl(options) as unknown
    const url = newClient().buildLogoutUrl(options)
    expect([typeof old, url instanceof URL]).toEqual(['string', true])
    expectSameAddress(url, old)
  },
  async logoutWithRedirect() {
    const { idToken } = await signIn()
    const [sdk, client] = [oldClient(), newClient()]
    let endedBySdk: boolean | undefined
    const app = express()
    app.get('/old', async (_request, response) => {
      await sdk.logoutWithRedirect(response, { idToken })
      endedBySdk = response.writableEnded
      response.end()
    })
    app.get('/new', (_request, response) => response.redirect(String(client.buildLogoutUrl({ idToken }))))
    const server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const [before, after] = await Promise.all(
      ['/old', '/new'].map((path) => fetch(origin + path, { redirect: 'manual' })),
    )
    server.close()
    expect(endedBySdk).toBe(false)
    expect([before?.status, after?.status]).toEqual([302, 302])
    expectSameAddress(after?.headers.get('location'), before?.headers.get('location'))
  },
  async kickUsers() {
    const { appId } = provider.app
    await provider.signIn('bob')
    const kicked = await new ManagementClient({ ...provider.management }).kickUsers({ userId: 'bob', appIds: [appId] })
    expect(kicked).toMatchObject({ data: { success: true } })
    await provider.signIn('bob')
    expect(await kickUser({ userId: 'bob', appIds: [appId] }, provider.management)).toMatchObject({ state: 'verified' })
  },
  async checkSessionStatus() {
    const user = { userId: 'carol', appId: provider.app.appId }
    await provider.signIn('carol')
    const { data } = await new ManagementClient({ ...provider.management }).checkSessionStatus(user)
    expect([data, await checkSessionStatus(user, provider.management)]).toEqual([{ active: true }, true])
  },
}

describe('an application with the official SDK, changed by the page about migrating', () => {
  const options = namesIn('Option by option')
  const calls = namesIn('Call by call')

  test('has a test for each row of both tables', () => {
    expect(options.map(([first = '']) => first)).toEqual(Object.keys(OPTIONS))
    expect(calls.map(([first = '']) => first)).toEqual(Object.keys(CALLS))
  })

  test.each(Object.entries(OPTIONS))('does the same with the options instead of %s', (_name, migrate) => migrate())

  test.each(Object.entries(CALLS))('does the same with the call instead of %s', (_name, migrate) => migrate())

  test('learns from the client which option replaces each renamed one', () => {
    const known = new Set(['appId', 'appSecret', 'appHost', 'protocol', 'redirectUri', 'logoutRedirectUri'])
    const renamed = options.flat().filter((name) => !known.has(name))
    expect(renamed).toHaveLength(6)
    const [, section = ''] = page.split('\n## Option by option\n')
    for (const name of renamed) {
      const row = new RegExp(`^\\| .*\`${name}\\b[^|]*\\| \`(\\w+)`, 'm')
      const [, replacement = ''] = row.exec(section) ?? []
      expect(replacement, name).not.toBe('')
      expect(
        catchThrown(() => newClient({ [name]: 1 } as object)),
        name,
      ).toMatchObject({
        code: 'invalid_options',
        message: expect.stringMatching(new RegExp(`\\b${replacement}\\b`)),
      })
    }
  })
})

/** Also if one of them encodes its parameters and the other one does not. */
function expectSameAddress(...addresses: readonly [unknown, unknown]): void {
  const [url, old] = addresses.map((address) => {
    const { origin, pathname, searchParams } = new URL(String(address))
    return { origin, pathname, parameters: Object.fromEntries(searchParams) }
  })
  expect(url).toEqual(old)
}

function catchThrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}
