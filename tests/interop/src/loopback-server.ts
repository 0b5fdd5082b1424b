import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type Exchange, recordExchange } from './exchange.ts'

/** A server on a free loopback port that records its exchanges. */
export interface LoopbackServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string
  /** Every exchange since the last {@link LoopbackServer.forget}, in the order of the responses. */
  exchanges(): readonly Exchange[]
  forget(): void
}

/**
 * Serves a provider. The listener is created when the origin is known, because issuers state it in their metadata.
 *
 * @param tls Serves https with these.
 */
export async function serve(
  createListener: (origin: string) => http.RequestListener | Promise<http.RequestListener>,
  tls?: https.ServerOptions,
): Promise<LoopbackServer> {
  const server = tls ? https.createServer(tls) : http.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  let exchanges: Exchange[] = []
  const listener = await createListener(origin)
  server.on('request', (request, response) => {
    recordExchange(request, response, (exchange) => exchanges.push(exchange))
    listener(request, response)
  })
  return {
    origin,
    exchanges: () => exchanges,
    forget() {
      exchanges = []
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}
