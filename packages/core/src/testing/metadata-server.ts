import { type Answer, always, type LoopbackServer, listen } from './loopback-server.ts'

/** A server that answers by path, and 404 elsewhere. */
export function routes(answers: (origin: string) => Record<string, Answer>): Promise<LoopbackServer> {
  const server = listen(async (request, response, message) => {
    const answer = answers((await server).origin)[request.path.split('?')[0] ?? ''] ?? always(404)
    answer(request, response, message)
  })
  return server
}

/** The path of OpenID Connect Discovery. */
export const OIDC = '/.well-known/openid-configuration'
/** The path of RFC 8414. */
export const OAUTH = '/.well-known/oauth-authorization-server'

/** A provider's document about itself. */
export function metadata(issuer: string, origin = issuer, more: object = {}): Answer {
  return always(200, { issuer, revocation_endpoint: `${origin}/revoke`, ...more })
}

/** The paths that were requested. */
export const pathsOf = ({ requests }: LoopbackServer) => requests.map(({ path }) => path)
