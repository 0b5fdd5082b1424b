import type { KoaContextWithOIDC } from 'oidc-provider'

/** The response to an unknown path or method, with status 404. */
export function unrecognizedRoute(method: string, path: string): { error: string; error_description: string } {
  return {
    error: 'invalid_request',
    error_description: `unrecognized route or not allowed method (${method} on ${path})`,
  }
}

/** A Koa middleware that answers unknown routes in JSON, as version 6 of `oidc-provider` does, and not in plain text. */
export async function answerUnrecognizedRoutes(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  if (ctx.status !== 404 || ctx.body !== undefined) return
  ctx.body = unrecognizedRoute(ctx.method, ctx.path)
  // Koa sends a body with status 200 unless the status was set explicitly.
  ctx.status = 404
}
