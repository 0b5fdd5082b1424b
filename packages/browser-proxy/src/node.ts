/**
 * Mounts the backend's side in servers that are built on `node:http`.
 *
 * @module
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LogoutError } from '@backend-logout/core'
import { headersOf, IncomingBody, urlOf } from './incoming-request.ts'
import { answerProblem } from './server/answer.ts'
import { internalError, malformedRequest, methodNotAllowed } from './server/http-problem.ts'
import type { LogoutHandler } from './server/logout-handler.ts'
import { setNative } from './server/native-request.ts'

export { incomingOf, type NodeSessionOptions, nodeSession } from './node-session.ts'
export type { LogoutHandler } from './server/logout-handler.ts'

/** A handler for `node:http`, Express and, with its raw request and reply, Fastify. It never rejects. */
export type NodeLogoutHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Turns the handler into one for `node:http`, Express and Fastify. A body that a middleware such as `express.json()` has
 * parsed before is accepted.
 *
 * Every response is ended, whatever the handler, the client and other middleware do: if the handler fails, with the
 * problem `internal_error`; if something else has started the response already, by closing the connection. If the client
 * leaves before that, the signal of its request aborts; the handlers of these packages complete a logout anyway.
 *
 * @throws LogoutError `invalid_options`
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
  if (typeof handler !== 'function') {
    throw new LogoutError('invalid_options', 'toNodeHandler needs the function that createLogoutHandler returns.')
  }
  return async (incoming, outgoing) => {
    let body: IncomingBody | undefined
    try {
      body = new IncomingBody(incoming)
      await send(await answer(handler, incoming, outgoing, body), incoming, outgoing)
    } catch {
      await fail(incoming, outgoing)
    }
    body?.drain()
  }
}

async function answer(
  handler: LogoutHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { stream }: IncomingBody,
): Promise<Response> {
  const { method = '' } = incoming
  const headers = headersOf(incoming)
  const url = urlOf(incoming, headers)
  if (!url) return answerProblem(malformedRequest())
  // A Request cannot have these methods.
  if (/^(?:CONNECT|TRACE|TRACK)$/i.test(method)) return answerProblem(methodNotAllowed())
  const body = /^(?:GET|HEAD)$/i.test(method) ? null : stream
  const left = new AbortController()
  const init = { method, headers, body, duplex: 'half', signal: left.signal }
  const exchange = { left, request: new Request(url, init as RequestInit) }
  // Held together, because the signal of a request follows another one only for as long as the request exists.
  const onClose = (): void => {
    if (!outgoing.writableEnded) exchange.left.abort()
  }
  if (outgoing.closed) onClose()
  else outgoing.once('close', onClose)
  setNative(exchange.request, { incoming, outgoing })
  return handler(exchange.request)
}

async function send(answer: Response, { method }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer())
  if (outgoing.writableEnded) return
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  const headers: OutgoingHttpHeaders = Object.fromEntries(answer.headers)
  const cookies = answer.headers.getSetCookie()
  // Other middleware may have set some as well.
  if (cookies.length) headers['set-cookie'] = [outgoing.getHeader('set-cookie') ?? [], cookies].flat().map(String)
  outgoing.writeHead(answer.status, { ...headers, 'content-length': body.length })
  if (method === 'HEAD') outgoing.end()
  else outgoing.end(body)
}

async function fail(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    if (!outgoing.headersSent) for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
    await send(answerProblem(internalError()), incoming, outgoing)
  } catch {
    outgoing.destroy()
  }
}
