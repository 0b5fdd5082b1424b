import type { Transport } from '@backend-logout/core'
import type { buildConnector, Pool } from 'undici'
import type { Connections } from './connections.ts'
import { exchange, type Line } from './exchange.ts'
import { type ProxyChoice, proxyFor } from './proxy.ts'
import { tunnelConnector } from './tunnel.ts'
import type { Undici } from './undici.ts'

/** Whoever counts the requests that are under way. */
export interface Counter {
  readonly underWay: number
  /** Is called when a request has come to its end, whatever that is. */
  readonly leave: () => void
}

/** undici's connection pools, one for each host. */
export interface Pools {
  /** Sends to one URL from now on. */
  readonly senderTo: (url: string) => Transport['send']
  readonly close: () => Promise<void>
}

/** Makes {@link Pools}. */
export function openPools(
  { Pool, buildConnector }: Undici,
  { limit, tls }: Connections,
  choice: ProxyChoice,
  counter: Counter,
): Pools {
  const pools = new Map<string, Pool>()
  // One request at a time on a connection, so that each has its own limit of time.
  const direct = buildConnector({ ...tls, allowH2: false })

  const guard = (connect: buildConnector.connector): buildConnector.connector => {
    return (target, callback) => {
      // In place of the connection of an aborted request undici makes a new one, even when nobody waits for it.
      if (counter.underWay === 0) return callback(new Error('there is nothing to send'), null)
      const socket: unknown = connect(target, callback)
      // The limits of the call keep the process alive for as long as somebody waits.
      ;(socket as { unref?(): void } | undefined)?.unref?.()
    }
  }

  const poolFor = (url: URL): Pool => {
    const { origin } = url
    const known = pools.get(origin)
    if (known) return known
    const proxy = proxyFor(url, choice)
    const connect = guard(proxy ? tunnelConnector(proxy, direct) : direct)
    // Core keeps the time by itself.
    const pool = new Pool(origin, { connect, connections: limit, headersTimeout: 0, bodyTimeout: 0, allowH2: false })
    pools.set(origin, pool)
    return pool
  }

  return {
    senderTo(href) {
      const url = new URL(href)
      const { origin, pathname, search } = url
      const line: Line = { pool: poolFor(url), origin, path: pathname + search, leave: counter.leave }
      return (request) => exchange(line, request)
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy(null)))
    },
  }
}
