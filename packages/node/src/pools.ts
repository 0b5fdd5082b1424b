import type { Socket } from 'node:net'
import type { Transport } from '@backend-logout/core'
import type { buildConnector, Pool } from 'undici'
import type { Connections } from './connections.ts'
import { exchange, type Line } from './exchange.ts'
import { type ProxyChoice, proxyFor } from './proxy.ts'
import { tunnelConnector } from './tunnel.ts'
import type { Undici } from './undici.ts'

/** Counts the requests in progress. */
export interface Counter {
  readonly underWay: number
  /** Called when a request has ended, with any outcome. */
  readonly leave: () => void
}

/** undici's connection pools, one for each host. */
export interface Pools {
  /** Creates the function that sends to one URL. */
  readonly senderTo: (url: string) => Transport['send']
  readonly close: () => Promise<void>
}

/** Creates {@link Pools}. */
export function openPools(
  { Pool, buildConnector }: Undici,
  { limit, tls, authorities }: Connections,
  choice: ProxyChoice,
  counter: Counter,
): Pools {
  const pools = new Map<string, Pool>()
  // Without HTTP/2, one connection carries one request at a time, so aborting a request affects no other.
  const direct = buildConnector({ ...tls, allowH2: false })

  /** The failure of a connection, only while its listeners learn of it. */
  let failure: Error | undefined
  const watch = (socket: Socket): void => {
    socket.on('error', (error) => {
      failure = error
      queueMicrotask(() => {
        failure = undefined
      })
    })
  }

  const guard = (connect: buildConnector.connector): buildConnector.connector => {
    return (target, callback) => {
      // undici replaces the connection of an aborted request even if nothing is waiting for it.
      if (counter.underWay === 0) return callback(new Error('there is nothing to send'), null)
      const socket: unknown = connect(target, (...result) => {
        // Before undici's own listener, which ends a response without a length when its connection is reset.
        if (result[1]) watch(result[1])
        callback(...result)
      })
      // The timers of a call keep the process alive while a caller awaits it.
      ;(socket as { unref?(): void } | undefined)?.unref?.()
    }
  }

  const poolFor = (url: URL): Pool => {
    const { origin } = url
    const known = pools.get(origin)
    if (known) return known
    const proxy = proxyFor(url, choice)
    const connect = guard(proxy ? tunnelConnector(proxy, direct, authorities) : direct)
    // Core enforces the time limits.
    const pool = new Pool(origin, { connect, connections: limit, headersTimeout: 0, bodyTimeout: 0, allowH2: false })
    pools.set(origin, pool)
    return pool
  }

  return {
    senderTo(href) {
      const url = new URL(href)
      const { origin, pathname, search } = url
      const line: Line = {
        pool: poolFor(url),
        origin,
        path: pathname + search,
        failure: () => failure,
        leave: counter.leave,
      }
      return (request) => exchange(line, request)
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy(null)))
    },
  }
}
