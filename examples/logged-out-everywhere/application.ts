/** An application to which the provider reports logouts. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import type { Application, Emulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex } from '@backend-logout/receiver'
import type { RevocationLog } from '@backend-logout/revocations/server'
import { decodeJwt } from 'jose'

export async function startApplication(provider: Emulator, app: Application, revocations: RevocationLog) {
  const { appId, appSecret = '' } = app
  const client = createLogoutClient({
    appId,
    appSecret,
    appHost: provider.appHost,
    clientAuth: app.authMethod === 'client_secret_basic' ? 'client_secret_basic' : 'client_secret_post',
  })
  const outbox = await openOutbox({ client, store: { memory: true } })

  const store = new Map<string, { accessToken: string; refreshToken: string }>()
  const sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })

  const handler = createBackChannelHandler({
    verifier: createLogoutTokenVerifier({ issuer: provider.issuer, clientId: appId }),
    sessions,
    outbox,
    revocations,
    onEvent: (event) => {
      if (event.type === 'refused') console.warn('a logout was refused:', event.code)
    },
  })
  const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await provider.sendLogoutsTo(`http://127.0.0.1:${port}/backchannel-logout`, { app })

  return {
    store,
    outbox,
    /** The work of the login callback. */
    async logIn(user: string): Promise<string> {
      const { idToken, accessToken, refreshToken } = await provider.signIn(user, { app })
      const id = crypto.randomUUID()
      store.set(id, { accessToken, refreshToken })
      const { iss = '', sub = '', iat = 0, sid } = decodeJwt<{ sid?: string }>(idToken)
      if (await sessions.add(id, { iss, sub, iat, sid })) return id
      // The provider has already reported the logout.
      await outbox.add({ accessToken, refreshToken })
      await sessions.end(id)
      throw new Error('The user has logged out meanwhile.')
    },
    async close(): Promise<void> {
      server.close()
      await outbox.close()
      await client.close()
    },
  }
}
