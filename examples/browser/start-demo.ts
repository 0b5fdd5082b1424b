import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { createBackend } from './backend.ts'
import { ProviderWatch } from './provider-watch.ts'
import { createSignIn } from './sign-in.ts'

/** The running demonstration. */
export interface Demo extends AsyncDisposable {
  /** The page. */
  readonly url: string
  readonly provider: Emulator
}

/** Starts a provider, an outbox in memory, and a backend with a page in front of them, all on this machine. */
export async function startDemo({ port = 0 }: { port?: number } = {}): Promise<Demo> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const provider = await startEmulator({ redirectUris: [`${url}callback`], logoutRedirectUris: [url] })
  const { appId, appSecret = '', appHost } = { ...provider.app, ...provider }
  const client = createLogoutClient({ appId, appSecret, appHost, timeoutMs: 2_000, retries: 0, logoutRedirectUri: url })
  const outbox = await openOutbox({ store: { memory: true }, client })
  const stop = new AbortController()
  const working = outbox.work({ signal: stop.signal })
  const watch = new ProviderWatch(provider, outbox)
  const signIn = await createSignIn(provider, `${url}callback`)
  server.on('request', await createBackend({ url, provider, client, outbox, watch, signIn }))

  return {
    url,
    provider,
    async [Symbol.asyncDispose]() {
      watch.close()
      server.closeAllConnections()
      server.close()
      // A revocation that is not complete by now ends with this process, and so does the provider.
      provider.reset()
      stop.abort()
      await working
      await outbox[Symbol.asyncDispose]()
      await client.close()
      await provider.close()
    },
  }
}
