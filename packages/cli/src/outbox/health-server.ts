import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Outbox } from '@backend-logout/outbox'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'

/** An endpoint for probes that is listening. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number
}

/**
 * Answers probes: `GET /health` is 200 while the outbox can do its work, and 503 while it cannot. The response contains
 * counts and no token.
 *
 * @throws CommandError if the port cannot be used
 */
export async function startHealthServer(outbox: Outbox, port: number, host: string): Promise<HealthServer> {
  // Loaded only here: other commands do not listen.
  const { createServer } = await import('node:http')
  // Slow clients are disconnected after a second or so, instead of half a minute.
  const server = createServer({ connectionsCheckingInterval: 1_000 }, async (request, response) => {
    // Probes send no body; other clients are disconnected.
    response.setHeader('connection', 'close').setHeader('cache-control', 'no-store')
    if (request.url?.split('?', 1)[0] !== '/health') return void response.writeHead(404).end()
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    }
    const { ok, state, working, stats } = await outbox.health()
    const body = JSON.stringify({ state, working, ...stats })
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' }).end(body)
  })
  server.maxConnections = 100
  server.requestTimeout = server.headersTimeout = 5_000
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new CommandError(ExitCode.usage, `Cannot listen on --health-port ${port}: ${describeSystemError(error)}.`)
  }
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
