import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { type Emulator, type LogoutSender, startEmulator } from '@backend-logout/emulator'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createMemorySessionIndex,
  type IssuerOptions,
  type ReceiverEvent,
} from '@backend-logout/receiver'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator()
})
afterAll(() => provider.close())

/** Logs a user in and out, and returns the outcome of the session. */
async function logOut(sender: LogoutSender, options: Partial<IssuerOptions> = {}, more: object = {}): Promise<string> {
  const live = new Set<string>()
  const events: ReceiverEvent[] = []
  const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
  const { issuer, app } = provider
  const verifier = createLogoutTokenVerifier({ issuer, clientId: app.appId, ...options })
  const handler = createBackChannelHandler({ verifier, sessions, onEvent: (event) => events.push(event) })
  const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`
    await provider.sendLogoutsTo(url, { sender, ...more })
    const { iss = '', sub = '', iat = 0, sid } = decodeJwt<{ sid?: string }>((await provider.signIn('alice')).idToken)
    live.add('session')
    await sessions.add('session', { iss, sub, iat, sid })
    const [report] = await provider.logOut('alice')
    const refusal = events.find((event) => event.type === 'refused')
    return refusal ? `${report?.status} ${refusal.code}` : `${report?.status} ${live.size} left`
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test.each<LogoutSender>(['oidc-provider', 'keycloak', 'zitadel', 'authentik', 'duende', 'auth0'])(
  '%s requires no setting',
  async (sender) => {
    expect(await logOut(sender)).toBe('200 0 left')
    expect(await logOut(sender, {}, { sessionRequired: false })).toBe('200 0 left')
  },
)

test.each<LogoutSender>(['hydra', 'lemonldap', 'authentik-2025.6'])(
  '%s requires allowMissingExp, and the error says so',
  async (sender) => {
    expect(await logOut(sender)).toBe('400 exp_missing')
    expect(await logOut(sender, { allowMissingExp: true })).toBe('200 0 left')
  },
)

test.each(['RSA-OAEP-256', 'ECDH-ES'])('logout tokens that are encrypted with %s arrive', async (alg) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const encryptionKey = { ...(await exportJWK(publicKey)), kid: 'enc' }
  const decryptionKeys = [{ ...(await exportJWK(privateKey)), kid: 'enc' }]
  expect(await logOut('oidc-provider', { decryptionKeys }, { encryptionKey })).toBe('200 0 left')
  expect(await logOut('oidc-provider', {}, { encryptionKey })).toBe('400 undecryptable')
  expect(await logOut('oidc-provider', { decryptionKeys })).toBe('400 not_encrypted')
})
