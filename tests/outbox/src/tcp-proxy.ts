import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A proxy in front of servers, like a load balancer. It can be pointed to another server, and its connections can fall
 * silent, as behind a firewall that has dropped their state.
 */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** From now on, new connections go to another port. Open connections end. */
  leadTo(port: number): void
  /** From now on, open connections carry no data in either direction, and are not closed. */
  silence(): void
  /** From now on, new connections are accepted, and nothing is ever sent on them. */
  silenceNew(): void
  /** New connections work again. */
  listen(): void
  /** Ends the next connection on which a client sends this text, which the server does not receive. */
  cutAt(text: string): void
}

/** Starts a proxy on a free port of loopback, to another port of it. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let port = target
  let open: { silent: boolean }[] = []
  let isSilent = false
  let cutText: string | undefined
  const server = createServer((client) => {
    const connection = { silent: isSilent }
    open.push(connection)
    const upstream = connect(port, '127.0.0.1')
    client.on('data', (chunk) => {
      if (cutText === undefined || !chunk.includes(cutText)) return
      cutText = undefined
      connection.silent = true
      for (const socket of [client, upstream]) socket.destroy()
    })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        if (!connection.silent) to.write(chunk)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        if (!connection.silent) to.destroy()
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
    silence() {
      for (const connection of open) connection.silent = true
      open = []
    },
    silenceNew() {
      isSilent = true
    },
    listen() {
      isSilent = false
    },
    cutAt(text) {
      cutText = text
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
      await once(server, 'close')
    },
  }
}
