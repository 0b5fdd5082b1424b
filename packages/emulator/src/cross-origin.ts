import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { unrecognizedRoute } from './unrecognized-route.ts'

/**
 * Decides which responses pages of other origins may read, for every endpoint. `oidc-provider` adds no CORS headers if
 * there are some already.
 *
 * @returns True if the request was a preflight, which has got its response.
 */
export function answerCrossOrigin(cors: boolean, request: IncomingMessage, response: ServerResponse): boolean {
  if (cors) {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-expose-headers', 'WWW-Authenticate, Retry-After')
    response.setHeader('vary', 'Origin')
  }
  if (request.method !== 'OPTIONS') return false
  if (!cors) {
    const path = (request.url ?? '/').replace(/\?.*/s, '')
    response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(unrecognizedRoute('OPTIONS', path)))
    return true
  }
  const headers = request.headers['access-control-request-headers']
  response.setHeader('access-control-allow-methods', 'GET, POST')
  if (headers !== undefined) response.setHeader('access-control-allow-headers', headers)
  response.writeHead(204).end()
  return true
}

/** A Koa middleware that removes the CORS headers of `oidc-provider`. */
export function withoutCors(cors: boolean) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    if (cors) return
    for (const name of Object.keys(ctx.response.headers)) if (name.startsWith('access-control-')) ctx.remove(name)
  }
}
