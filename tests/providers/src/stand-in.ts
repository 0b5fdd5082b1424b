import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * A response, as sent on the wire. An object as body is sent as JSON; a content type is sent only if it is stated here.
 */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** A request, as received. */
export interface Received {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly form: URLSearchParams
  /** The number of earlier requests with this path. */
  readonly earlier: number
  /** The time since the previous one, in milliseconds. */
  readonly sinceLastMs: number
}

/** Answers a request; `'hang up'` closes the connection without a response. */
export type Answering = Answer | 'hang up' | ((request: Received) => Answer | 'hang up')

/** A server on loopback that responds as a provider, or a system in front of it, was reported to. */
export interface StandIn extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string
  readonly received: readonly Received[]
  /** The requests to paths with this ending. */
  to(path: string): readonly Received[]
}

/** Starts a {@link StandIn}. Paths are matched by their end; the first that fits answers, and `''` fits all. */
export async function startStandIn(
  routes: Readonly<Record<string, Answering>> | ((origin: string) => Readonly<Record<string, Answering>>),
): Promise<StandIn> {
  const received: Received[] = []
  const times = new Map<string, number>()
  const server = http.createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const earlier = received.filter((one) => one.path === path).length
    const body = `${await buffer(request)}`
    const sinceLastMs = Date.now() - (times.get(path) ?? 0)
    times.set(path, Date.now())
    const one: Received = { method, path, headers, form: new URLSearchParams(body), earlier, sinceLastMs }
    received.push(one)
    const table = typeof routes === 'function' ? routes(origin) : routes
    const route = Object.keys(table).find((end) => (path.split('?', 1)[0] as string).endsWith(end))
    const given = route === undefined ? { status: 404 } : (table[route] as Answering)
    const answer = typeof given === 'function' ? given(one) : given
    if (answer === 'hang up') return void request.socket.destroy()
    const { status = 200, headers: extra = {}, body: content = '' } = answer
    const json = typeof content === 'object'
    response.writeHead(status, { ...(json && { 'content-type': 'application/json' }), ...extra })
    response.end(json ? JSON.stringify(content) : content)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    received,
    to: (path) => received.filter((one) => (one.path.split('?', 1)[0] as string).endsWith(path)),
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}
