import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'

/** A real server on a free port. */
export interface LoopbackServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string
  readonly port: number
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>
  /** The number of connections so far. */
  readonly connections: number
}

/** A request that has been read to its end. */
export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly message: IncomingMessage
}

/** Answers a request. */
export type Answer = (request: Received, response: Parameters<RequestListener>[1]) => void

/** Starts an HTTP server on 127.0.0.1; an HTTPS one if there are certificates. */
export function listen(answer: Answer, tls?: TlsOptions): Promise<LoopbackServer> {
  const onRequest: RequestListener = async (message, response) => {
    response.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const { method, url, headers } = message
    answer({ method, url, headers, body: Buffer.concat(chunks).toString(), message }, response)
  }
  return start(tls ? createTlsServer(tls, onRequest) : createServer(onRequest), tls ? 'https' : 'http')
}

/** Starts a server with any protocol: `talk` is called for each complete request. */
export function listenRaw(talk: (socket: Socket, request: string) => void): Promise<LoopbackServer> {
  return start(
    createTcpServer((socket) => {
      let received = ''
      socket.setEncoding('latin1').on('data', (data) => {
        received += data
        const [head, body] = received.split('\r\n\r\n', 2)
        const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? 0)
        if (body === undefined || body.length < length) return
        talk(socket, received)
        received = ''
      })
    }),
    'http',
  )
}

/** Makes any server listen on 127.0.0.1 and end with the test. */
export async function start(server: Server, scheme: string): Promise<LoopbackServer> {
  const open = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket) => {
    connections++
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    open,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
