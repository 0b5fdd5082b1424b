import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { createCertificates } from './testing/certificates.ts'
import { UserAgent, type UserAgentTls } from './user-agent.ts'

let certificates: Awaited<ReturnType<typeof createCertificates>>
let emulator: Emulator

beforeAll(async () => {
  certificates = await createCertificates()
  const { ca, server, client } = certificates
  emulator = await startEmulator({ tls: { ...server, ca, client, requestCert: true } })
})
afterAll(() => emulator.close())

async function revoke(tls: UserAgentTls, form: Record<string, string>) {
  const client = new UserAgent({ ca: certificates.ca, ...tls })
  const { status, body } = await client.request(new URL(`${emulator.issuer}/token/revocation`), form)
  client.close()
  return { status, body }
}

function tlsApp() {
  const { tls } = emulator.apps
  if (tls === undefined) throw new Error('the application is missing')
  return tls
}

test('the provider serves https, and states that everywhere', async () => {
  expect(emulator.appHost).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const browser = new UserAgent({ ca: certificates.ca })
  const { body } = await browser.request(new URL(`${emulator.issuer}/.well-known/openid-configuration`))
  browser.close()
  const metadata = JSON.parse(body)
  expect(metadata).toMatchObject({
    issuer: emulator.issuer,
    revocation_endpoint: `${emulator.issuer}/token/revocation`,
    mtls_endpoint_aliases: { revocation_endpoint: `${emulator.issuer}/token/revocation` },
  })
  expect(metadata.revocation_endpoint_auth_methods_supported).toContain('tls_client_auth')
})

test('applications without a certificate work as usual', async () => {
  const { accessToken } = await emulator.signIn('alice')
  const { appId, appSecret = '' } = emulator.app
  expect((await revoke({}, { token: accessToken, client_id: appId, client_secret: appSecret })).status).toBe(200)
  expect(await emulator.isActive(accessToken)).toBe(false)
})

test('the application tls signs in and revokes with its certificate', async () => {
  const { accessToken } = await emulator.signIn('alice', { app: tlsApp() })
  emulator.reset()
  expect((await revoke(certificates.client, { token: accessToken, client_id: tlsApp().appId })).status).toBe(200)
  expect(await emulator.isActive(accessToken)).toBe(false)
  expect(emulator.requests[0]?.clientAuth).toEqual(['tls_client_auth'])
})

test.each(['none', 'stranger'] as const)('the application tls is refused with the certificate of %s', async (who) => {
  const [accessToken = ''] = await emulator.issueTokens(1, { app: tlsApp() })
  const tls = who === 'none' ? {} : certificates.stranger
  const { status, body } = await revoke(tls, { token: accessToken, client_id: tlsApp().appId })
  expect([status, JSON.parse(body).error]).toEqual([401, 'invalid_client'])
  expect(await emulator.isActive(accessToken)).toBe(true)
})

test('without requestCert there is no application tls', async () => {
  const { ca, server } = certificates
  await using plain = await startEmulator({ tls: { ...server, ca } })
  expect(plain.apps).not.toHaveProperty('tls')
  expect((await plain.signIn('alice')).sub).toBe('alice')
})
