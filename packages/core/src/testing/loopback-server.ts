import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it was on the wire. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The raw headers, names and values in turn: none merged, none dropped. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** A real server on a free port. */
export interface LoopbackServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string
  /** The requests that it received, oldest first. */
  readonly requests: ReceivedRequest[]
}

/** Answers a request that has been read to its end. */
export type Answer = (request: ReceivedRequest, response: ServerResponse, message: IncomingMessage) => void

/** Starts a server on 127.0.0.1 that records its requests. */
export async function listen(answer: Answer): Promise<LoopbackServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers, rawHeaders } = message
    const request = { method, path, headers, rawHeaders, body: Buffer.concat(chunks) }
    requests.push(request)
    answer(request, response, message)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** An {@link Answer} that is always the same. An object is sent as JSON. */
export function always(status: number, body: string | object = '', headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    const json = typeof body === 'object'
    response.writeHead(status, { ...(json && { 'content-type': 'application/json' }), ...headers })
    response.end(json ? JSON.stringify(body) : body)
  }
}

/** {@link Answer}s that are returned in turn; the last one repeatedly. */
export function inTurn(...answers: readonly [Answer, ...Answer[]]): Answer {
  let next = 0
  return (...parts) => (answers[Math.min(next++, answers.length - 1)] as Answer)(...parts)
}
