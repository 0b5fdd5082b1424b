import { LogoutError, type Transport, type TransportRequest, type TransportResponse } from '@backend-logout/core'
import type { buildConnector } from 'undici'
import type { Connections } from './connection-options.ts'
import { exchange, type Target } from './exchange.ts'
import { type ProxyChoice, proxyFor } from './proxy.ts'
import { tunnelConnector } from './tunnel.ts'

/** A transport that holds connections. */
export interface PoolTransport extends Transport {
  /** Refuses new requests, waits for those under way, and closes all connections. */
  close(): Promise<void>
}

type Undici = typeof import('undici')

/**
 * A {@link Transport} over undici's connection pools, one for each host. Connections are kept open between requests,
 * and idle ones never keep the process alive.
 */
export function poolTransport({ limit, tls, mutualTls }: Connections, choice: ProxyChoice): PoolTransport {
  const pools = new Map<string, InstanceType<Undici['Pool']>>()
  const targets = new Map<string, Target>()
  let inFlight = 0
  let closing: Promise<void> | undefined
  let onIdle: (() => void) | undefined

  const locate = async (href: string): Promise<Target> => {
    const url = new URL(href)
    const { origin, pathname, search } = url
    const proxy = proxyFor(url, choice)
    // Loading undici costs more than a hundred milliseconds, so it waits until there is something to send.
    const { buildConnector, Pool } = await import('undici')
    let pool = pools.get(origin)
    if (!pool) {
      const direct = buildConnector(tls)
      const connect = unreferenced(proxy ? tunnelConnector(proxy, direct) : direct)
      // Core keeps time by itself.
      pool = new Pool(origin, { connect, connections: limit, headersTimeout: 0, bodyTimeout: 0 })
      pools.set(origin, pool)
    }
    const target = { pool, origin, path: pathname + search, leave }
    targets.set(href, target)
    return target
  }
  const leave = (): void => {
    if (--inFlight === 0) onIdle?.()
  }

  return {
    mutualTls,
    send(request: TransportRequest): Promise<TransportResponse> {
      if (closing) return Promise.reject(closed())
      inFlight++
      const target = targets.get(request.url)
      if (target) return exchange(target, request)
      return locate(request.url).then(
        (located) => exchange(located, request),
        (error) => {
          leave()
          throw error
        },
      )
    },
    close() {
      closing ??= (async () => {
        if (inFlight > 0) await new Promise<void>((resolve) => (onIdle = resolve))
        await Promise.all([...pools.values()].map((pool) => pool.destroy(null)))
      })()
      return closing
    },
  }
}

/** Lets the process end while a connection is being made that nobody waits for any more. */
function unreferenced(connect: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    const socket: unknown = connect(target, callback)
    ;(socket as { unref?(): void } | undefined)?.unref?.()
  }
}

function closed(): LogoutError {
  return new LogoutError('invalid_argument', 'This client is closed. Nothing was sent.')
}
