import {
  LogoutError,
  preload,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '@backend-logout/core'
import type { Connections } from './connections.ts'
import { openPools, type Pools } from './pools.ts'
import type { ProxyChoice } from './proxy.ts'
import { loadUndici } from './undici.ts'

/** A transport with its own connections. */
export interface PoolTransport extends Transport {
  /** Rejects new requests, waits for those in progress, and closes all connections. */
  close(): Promise<void>
}

type Send = Transport['send']

/**
 * A {@link Transport} over the connection pools of undici, which the first request loads. Connections stay open between
 * requests, and idle ones never keep the process alive.
 */
export function poolTransport(connections: Connections, choice: ProxyChoice): PoolTransport {
  const senders = new Map<string, Send>()
  let pools: Promise<Pools> | undefined
  let underWay = 0
  let justIdle = false
  let onIdle: (() => void) | undefined
  let closing: Promise<void> | undefined
  let isFirst = true

  const leave = (): void => {
    if (--underWay === 0) {
      onIdle?.()
      justIdle = true
      setImmediate(() => {
        justIdle = false
      })
    }
    if (isFirst) preloadSoon()
    isFirst = false
  }
  const counter = {
    get underWay() {
      return underWay
    },
    leave,
  }
  const open = async (): Promise<Pools> => {
    try {
      return openPools(await loadUndici(), connections, choice, counter)
    } catch (error) {
      // Such as for want of file descriptors. The next request tries again.
      pools = undefined
      throw error
    }
  }
  const senderTo = async (url: string): Promise<Send> => {
    pools ??= open()
    const sender = (await pools).senderTo(url)
    senders.set(url, sender)
    return sender
  }
  const sendLater = async (sender: Promise<Send>, request: TransportRequest): Promise<TransportResponse> => {
    let send: Send
    try {
      send = await sender
    } catch (error) {
      leave()
      throw error
    }
    return send(request)
  }

  return {
    mutualTls: connections.mutualTls,
    send(request) {
      if (closing) return Promise.reject(closed())
      const send = senders.get(request.url)
      // A connection becomes free only in the next turn of the event loop, so sequential requests would open a second.
      const wait = justIdle && underWay === 0
      underWay++
      if (!send) return sendLater(senderTo(request.url), request)
      return wait ? sendLater(new Promise((resolve) => setImmediate(resolve, send)), request) : send(request)
    },
    close() {
      closing ??= (async () => {
        if (underWay > 0) {
          await new Promise<void>((resolve) => {
            onIdle = resolve
          })
        }
        await (await pools)?.close()
      })()
      return closing
    },
  }
}

/** After the callers that wait for the first response: it is not needed until a request fails. */
function preloadSoon(): void {
  // Some replacements of it, such as fake timers, return something else.
  setImmediate(() => preload().catch(() => {}))?.unref?.()
}

function closed(): LogoutError {
  return new LogoutError('aborted', 'This client is closed. Nothing was sent.')
}
