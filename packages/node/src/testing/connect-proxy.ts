import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { type LoopbackServer, start } from './loopback-server.ts'

/** A proxy that creates tunnels. */
export interface ConnectProxy extends LoopbackServer {
  /** The requested tunnels, with the credentials that it received. */
  readonly tunnels: { readonly target: string; readonly authorization: string | undefined }[]
  /** The names in the certificates of its clients. */
  readonly clients: (string | string[] | undefined)[]
}

/**
 * Starts a proxy on 127.0.0.1. Whatever the requested host is, it connects to that port of 127.0.0.1.
 *
 * @param status The status of the response to a request for a tunnel; 0 closes the connection without one.
 */
export async function startProxy({
  status = 200,
  tls,
}: {
  status?: number
  tls?: TlsOptions
} = {}): Promise<ConnectProxy> {
  const tunnels: ConnectProxy['tunnels'] = []
  const clients: ConnectProxy['clients'] = []
  const server = tls ? createTlsServer(tls) : createServer()
  server.on('secureConnection', (socket: TLSSocket) => clients.push(socket.getPeerCertificate().subject?.CN))
  server.on('connect', ({ url = '', headers }, client, head) => {
    tunnels.push({ target: url, authorization: headers['proxy-authorization'] })
    client.on('error', () => {})
    if (status === 0) return client.destroy()
    if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.once('close', () => upstream.destroy())
  })
  const running = await start(server, tls ? 'https' : 'http')
  return Object.create(running, { tunnels: { value: tunnels }, clients: { value: clients } })
}
