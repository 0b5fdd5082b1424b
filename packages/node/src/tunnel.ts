import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { MIN_TLS_VERSION } from './connections.ts'
import { describe } from './network-error.ts'
import type { ForwardProxy } from './proxy.ts'

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Creates a connector that reaches its target through the `CONNECT` method of an http or https proxy.
 *
 * Why not undici's `ProxyAgent`: it treats every 2xx but 200 as a failure, allows a proxy 300 s to answer `CONNECT`, keeps
 * the process alive in the meantime, and its errors do not name the proxy.
 *
 * @param connect Completes the connection with TLS once the tunnel is open.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6 | RFC 9110 §9.3.6}
 */
export function tunnelConnector(proxy: ForwardProxy, connect: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    const { protocol, hostname, host = hostname, port } = target
    const secure = protocol === 'https:'
    openTunnel(proxy, port ? host : `${host}:${secure ? 443 : 80}`).then(
      (socket) => {
        if (secure) connect({ ...target, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

async function openTunnel({ url, authorization }: ForwardProxy, authority: string): Promise<Socket> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the proxy ${url.host} ${why}`))
    const tunnel = request(url.origin, {
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization && { 'proxy-authorization': authorization }) },
      minVersion: MIN_TLS_VERSION,
      agent: false,
      timeout: CONNECT_TIMEOUT_MS,
    })
    tunnel.once('socket', (socket) => socket.unref())
    tunnel.once('timeout', () => tunnel.destroy(new Error('no response in time')))
    tunnel.once('error', (error) => fail(`could not be used: ${describe(error)}`))
    tunnel.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head)
        resolve(socket.setTimeout(0))
      } else {
        socket.destroy()
        fail(`refused the tunnel with status ${statusCode}`)
      }
    })
    tunnel.end()
  })
}
