import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** A request as the server received it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** When it was complete: milliseconds since the epoch. */
  readonly at: number
  /** Number of its connection to this server, from 1. */
  readonly connection: number
}

/** One request that waits for the {@link Behavior} that answers it. */
export interface Exchange {
  readonly request: SeenRequest
  /** Number of the request at this server, from 1. */
  readonly nth: number
  readonly socket: Socket
  /** Resets the underlying connection, with or without TLS. */
  readonly reset: () => void
}

/** The behavior of a server toward a request: any use of the bare socket. */
export type Behavior = (exchange: Exchange) => void

/** Options of a {@link FaultServer}. */
export interface FaultServerOptions {
  /** Uses TLS with this certificate and key. */
  readonly tls?: TlsOptions | undefined
  /** Called with each connection before anything is read from it. */
  readonly onConnection?: ((socket: Socket) => void) | undefined
}

/** A server on loopback that misbehaves on purpose, and records the requests. */
export interface FaultServer {
  /** Such as `http://127.0.0.1:40123`; with TLS `https://localhost:40123`. */
  readonly origin: string
  readonly requests: readonly SeenRequest[]
  /** The number of TCP connections, including those with a failed TLS handshake. */
  readonly connections: number
  /** Resolves when no connection is open. */
  readonly deserted: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts a {@link FaultServer} on a free port. */
export async function startFaultServer(behave: Behavior, options: FaultServerOptions = {}): Promise<FaultServer> {
  const { tls, onConnection } = options
  // The open connections with their numbers.
  const numbers = new Map<Socket, number>()
  const requests: SeenRequest[] = []
  let connections = 0
  const serve = (socket: Socket): void => {
    // This server resets connections on purpose; no reset may end the test run.
    socket.on('error', () => {})
    const beneath = [...numbers.keys()].find(({ remotePort }) => remotePort === socket.remotePort) ?? socket
    const connection = numbers.get(beneath) ?? 0
    const reset = (): void => {
      beneath.resetAndDestroy()
    }
    readRequests(socket, (request) => {
      const seen = { ...request, connection, at: Date.now() }
      const nth = requests.push(seen)
      behave({ request: seen, nth, socket, reset })
    })
  }
  const server: Server = tls ? createTlsServer(tls) : createServer()
  server.on('connection', (socket: Socket) => {
    numbers.set(socket, ++connections)
    // Otherwise, the second of two writes waits for an acknowledgment of the first.
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => {
      numbers.delete(socket)
      if (numbers.size === 0) server.emit('deserted')
    })
    onConnection?.(socket)
  })
  server.on(tls ? 'secureConnection' : 'connection', serve)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections
    },
    async deserted() {
      if (numbers.size > 0) await once(server, 'deserted')
    },
    async close() {
      for (const socket of numbers.keys()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

type ParsedRequest = Omit<SeenRequest, 'at' | 'connection'>

/** Reads one request after the other from a connection: only the part of HTTP/1.1 that clients send. */
function readRequests(socket: Socket, onRequest: (request: ParsedRequest) => void): void {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const [requestLine = '', ...headerLines] = received.toString('latin1', 0, headEnd).split('\r\n')
      const headers = Object.fromEntries(
        headerLines.map((line) => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
        }),
      )
      if (headers['transfer-encoding']) throw new Error('Requests with a form need no chunked encoding.')
      const end = headEnd + 4 + Number(headers['content-length'] ?? 0)
      if (received.length < end) return
      const body = received.toString('utf8', headEnd + 4, end)
      received = received.subarray(end)
      const [method = '', target = ''] = requestLine.split(' ')
      onRequest({ method, target, headers, body })
    }
  })
}
