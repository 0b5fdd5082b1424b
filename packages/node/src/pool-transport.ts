import { LogoutError, type Transport, type TransportRequest, type TransportResponse } from '@backend-logout/core'
import type { buildConnector, Pool } from 'undici'
import type { Connections } from './connections.ts'
import { exchange, type Target } from './exchange.ts'
import { type ProxyChoice, proxyFor } from './proxy.ts'
import { tunnelConnector } from './tunnel.ts'

/** A transport that holds connections. */
export interface PoolTransport extends Transport {
  /** Refuses new requests, waits for those under way, and closes all connections. */
  close(): Promise<void>
}

/**
 * A {@link Transport} over undici's connection pools, one for each host. Connections are kept open between requests,
 * and idle ones never keep the process alive.
 */
export function poolTransport({ limit, tls, mutualTls }: Connections, choice: ProxyChoice): PoolTransport {
  const pools = new Map<string, Pool>()
  const targets = new Map<string, Target>()
  let underWay = 0
  let justIdle = false
  let onIdle: (() => void) | undefined
  let closing: Promise<void> | undefined

  const leave = (): void => {
    if (--underWay > 0) return
    onIdle?.()
    justIdle = true
    setImmediate(() => {
      justIdle = false
    })
  }
  const guard = (connect: buildConnector.connector): buildConnector.connector => {
    return (target, callback) => {
      // In place of the connection of an aborted request undici makes a new one, even when nobody waits for it.
      if (underWay === 0) return callback(new Error('there is nothing to send'), null)
      const socket: unknown = connect(target, callback)
      // The limits of the call keep the process alive for as long as somebody waits.
      ;(socket as { unref?(): void } | undefined)?.unref?.()
    }
  }
  const locate = async (href: string): Promise<Target> => {
    const url = new URL(href)
    const proxy = proxyFor(url, choice)
    // It takes a hundred milliseconds to load, so it waits until there is something to send.
    const { buildConnector, Pool } = await import('undici')
    const { origin, pathname, search } = url
    let pool = pools.get(origin)
    if (!pool) {
      const direct = buildConnector(tls)
      const connect = guard(proxy ? tunnelConnector(proxy, direct) : direct)
      // Core keeps the time by itself.
      pool = new Pool(origin, { connect, connections: limit, headersTimeout: 0, bodyTimeout: 0 })
      pools.set(origin, pool)
    }
    const target = { pool, origin, path: pathname + search, leave }
    targets.set(href, target)
    return target
  }
  const begin = async (located: Promise<Target>, request: TransportRequest): Promise<TransportResponse> => {
    let target: Target
    try {
      target = await located
    } catch (error) {
      leave()
      throw error
    }
    return exchange(target, request)
  }

  return {
    mutualTls,
    send(request) {
      if (closing) return Promise.reject(closed())
      const target = targets.get(request.url)
      // A connection becomes free only in the next turn of the event loop. One request after another would take two.
      const wait = justIdle && underWay === 0
      underWay++
      if (!target) return begin(locate(request.url), request)
      return wait ? begin(new Promise((resolve) => setImmediate(resolve, target)), request) : exchange(target, request)
    },
    close() {
      closing ??= (async () => {
        if (underWay > 0) {
          await new Promise<void>((resolve) => {
            onIdle = resolve
          })
        }
        await Promise.all([...pools.values()].map((pool) => pool.destroy(null)))
      })()
      return closing
    },
  }
}

function closed(): LogoutError {
  return new LogoutError('invalid_argument', 'This client is closed. Nothing was sent.')
}
