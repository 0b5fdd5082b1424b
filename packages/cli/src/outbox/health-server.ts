import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Outbox, OutboxHealth } from '@backend-logout/outbox'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'

/** An endpoint for probes that is listening. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number
}

/**
 * Answers probes and Prometheus: `GET /health` is 200 while the outbox can store logouts, and 503 while it cannot;
 * `GET /metrics` has the same numbers. The responses contain counts and no token.
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
    const path = request.url?.split('?', 1)[0]
    if (path !== '/health' && path !== '/metrics') return void response.writeHead(404).end()
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    }
    const health = await outbox.health()
    if (path === '/metrics') {
      return void response.setHeader('content-type', 'text/plain; version=0.0.4').end(formatMetrics(health))
    }
    const { ok, state, working, stats } = health
    const body = JSON.stringify({ state, working, ...stats })
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' }).end(body)
  })
  server.maxConnections = 100
  server.requestTimeout = server.headersTimeout = 5_000
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new CommandError(ExitCode.usage, whyNotListening(error, port))
  }
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function whyNotListening(error: unknown, port: number): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return 'Cannot listen on the address of --health-host: this machine does not have it.'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Cannot listen on the address of --health-host: the name is not known.'
    default:
      return `Cannot listen on --health-port ${port}: ${describeSystemError(error)}.`
  }
}

/** Writes the text format of Prometheus. While the database cannot be reached, only `up` is known. */
function formatMetrics({ ok, stats }: OutboxHealth): string {
  const lines = ['# TYPE backend_logout_outbox_up gauge', `backend_logout_outbox_up ${ok ? 1 : 0}`]
  if (stats) {
    lines.push('# TYPE backend_logout_outbox_logouts gauge')
    for (const state of ['pending', 'active', 'dead'] as const) {
      lines.push(`backend_logout_outbox_logouts{state="${state}"} ${stats[state]}`)
    }
    lines.push('# TYPE backend_logout_outbox_oldest_age_seconds gauge')
    lines.push(`backend_logout_outbox_oldest_age_seconds ${stats.oldestAgeMs / 1000}`)
  }
  return `${lines.join('\n')}\n`
}
