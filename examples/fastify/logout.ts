import type { IncomingMessage } from 'node:http'
import { incomingOf, nodeSession, toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface Session {
    tokens?: {
      readonly accessToken: string
      readonly refreshToken?: string | undefined
      readonly idToken?: string | undefined
    }
    csrfToken?: string
  }
}

/** The request of Node.js, with the request of Fastify that has the session. */
type Incoming = IncomingMessage & { readonly fastify: FastifyRequest }

const origin = process.env.APP_ORIGIN ?? 'http://localhost:3000'

const logout = toNodeHandler(
  createLogoutHandler({
    client: lazyLogoutClient(() => createLogoutClientFromEnv({ logoutRedirectUri: `${origin}/goodbye` })),
    session: nodeSession<Incoming>({
      read: ({ fastify }) => fastify.session.tokens,
      clear: async ({ fastify }, response) => {
        const expired = fastify.server.serializeCookie('sessionId', '', { path: '/', maxAge: 0 })
        response.appendHeader('set-cookie', expired)
        await fastify.session.destroy()
      },
    }),
    allowedOrigins: [origin],
    form: {
      csrfToken: (request) => incomingOf<Incoming>(request).fastify.session.csrfToken,
      landing: '/goodbye',
      // If the provider responds, go there next and end its session as well.
      singleSignOut: true,
    },
  }),
)

/** The logout endpoint, in a scope without body parsers: the handler reads the body itself. */
export async function logoutRoute(scope: FastifyInstance): Promise<void> {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.all('/logout', (request, reply) => {
    reply.hijack()
    return logout(Object.assign(request.raw, { fastify: request }), reply.raw)
  })
}
