import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { toNodeHandler } from '../node.ts'
import { createLogoutHandler, type LogoutHandlerOptions } from '../server/index.ts'

/** Code that runs before the handler. */
export type Middleware = (
  request: IncomingMessage & { body?: unknown },
  response: ServerResponse,
) => Promise<void> | void

/** Makes servers that listen on loopback until the current test of a file is over. */
export function nodeServers() {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    return (server.address() as AddressInfo).port
  }

  /** A server in token mode: what arrives as the token shows how the body was read. */
  async function serve(before: Middleware = () => {}, options: Partial<LogoutHandlerOptions> = {}) {
    const revoked: unknown[] = []
    const client = {
      logout: async (tokens: unknown) => {
        revoked.push(tokens)
        return { revoked: true, nothingToRevoke: false, tokens: [] }
      },
    }
    const handler = toNodeHandler(createLogoutHandler({ client, ...options }))
    const server = createServer(async (request, response) => {
      await before(request, response)
      await handler(request, response)
    })
    const port = await listen(server)
    const origin = `http://127.0.0.1:${port}`
    const headers = { origin, 'x-logout-request': '1', 'content-type': 'application/json' }
    const post = (body: string): Promise<Response> => fetch(`${origin}/logout`, { method: 'POST', headers, body })
    return { origin, port, headers, post, revoked }
  }

  return { listen, serve }
}

/** The body of a request, as text. */
export async function readAll(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
