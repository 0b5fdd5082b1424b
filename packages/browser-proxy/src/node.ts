/**
 * Mounts the backend's half in servers that are built on `node:http`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler as adapt } from 'srvx/node'
import type { LogoutHandler } from './server/logout-handler.ts'

export type { LogoutHandler } from './server/logout-handler.ts'

/** A handler for `node:http`, Express and, with its raw request and reply, Fastify. */
export type NodeLogoutHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Turns the handler into one for `node:http`, Express and Fastify. A body that a middleware has parsed before, such as
 * `express.json()`, is taken as it is.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { toNodeHandler } from '@backend-logout/browser-proxy/node'
 * import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
 * import { createLogoutClient } from '@backend-logout/core'
 *
 * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * const server = createServer(toNodeHandler(createLogoutHandler({ client })))
 * ```
 */
export function toNodeHandler(handler: LogoutHandler): NodeLogoutHandler {
  // Its type asks for requests of HTTP/1.1 and HTTP/2 at once; it takes either.
  const handle = adapt((request) => handler(request as Request)) as NodeLogoutHandler
  return async (request, response) => {
    restoreBody(request)
    await handle(request, response)
  }
}

/** A stream can be read once; what a middleware made of it is turned back into bytes, which the adapter looks for. */
function restoreBody(request: IncomingMessage & { body?: unknown; rawBody?: unknown }): void {
  if (!request.readableEnded || request.rawBody !== undefined || request.body === undefined) return
  const { body } = request
  request.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
