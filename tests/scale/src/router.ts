import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of servers, as a virtual address or a load balancer is. */
export interface Router extends AsyncDisposable {
  readonly port: number
  /** Leads new connections to another port, and ends those that are open. */
  leadTo(port: number): void
}

/** Starts a proxy that leads to a port of loopback. */
export async function startRouter(target: number): Promise<Router> {
  const sockets = new Set<Socket>()
  let port = target
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(to) {
      port = to
      endAll()
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
      await once(server, 'close')
    },
  }
}
