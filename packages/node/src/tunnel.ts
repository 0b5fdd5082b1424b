import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
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
 * @param authorities The application's own, which an https proxy may use as well.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6 | RFC 9110 §9.3.6}
 */
export function tunnelConnector(
  proxy: ForwardProxy,
  connect: buildConnector.connector,
  authorities: readonly string[],
): buildConnector.connector {
  const secureContext = proxy.url.protocol === 'https:' && authorities.length > 0 ? trust(authorities) : undefined
  return (target, callback) => {
    const { protocol, hostname, host = hostname, port } = target
    const secure = protocol === 'https:'
    openTunnel(proxy, secureContext, port ? host : `${host}:${secure ? 443 : 80}`).then(
      (socket) => {
        if (secure) connect({ ...target, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

/**
 * The trust in an https proxy. Its certificate may also be from a well-known authority, unlike the provider's. The client
 * certificate is for the provider only.
 */
function trust(authorities: readonly string[]): SecureContext {
  const { createSecureContext, getCACertificates } = process.getBuiltinModule('node:tls')
  return createSecureContext({ ca: [...getCACertificates('default'), ...authorities], minVersion: MIN_TLS_VERSION })
}

async function openTunnel(
  { url, authorization }: ForwardProxy,
  secureContext: SecureContext | undefined,
  authority: string,
): Promise<Socket> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the proxy ${url.host} ${why}`))
    const options = {
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization && { 'proxy-authorization': authorization }) },
      // By default, Node.js takes the name in the Host header, which is the target's. An IP address is not a name for TLS.
      servername: /^[\d.]+$|^\[/.test(url.hostname) ? '' : url.hostname,
      minVersion: MIN_TLS_VERSION,
      ...(secureContext && { secureContext }),
      agent: false,
      timeout: CONNECT_TIMEOUT_MS,
    } as const
    const tunnel = request(url.origin, options)
    tunnel.once('socket', (socket) => socket.unref())
    tunnel.once('timeout', () => tunnel.destroy(new Error('no response in time')))
    tunnel.once('error', (error) => fail(`could not be used: ${describe(error, 'proxy')}`))
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
