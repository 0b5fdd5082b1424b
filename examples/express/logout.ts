import { incomingOf, nodeSession, toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'
import type { Request, Response } from 'express'

declare module 'express-session' {
  interface SessionData {
    tokens: {
      readonly accessToken: string
      readonly refreshToken?: string | undefined
      readonly idToken?: string | undefined
    }
    csrfToken: string
  }
}

const origin = process.env.APP_ORIGIN ?? 'http://localhost:3000'

export const logout = toNodeHandler(
  createLogoutHandler({
    client: lazyLogoutClient(() => createLogoutClientFromEnv({ logoutRedirectUri: `${origin}/goodbye` })),
    session: nodeSession<Request>({
      read: ({ session }) => session.tokens,
      clear: ({ session }, response) =>
        new Promise<void>((resolve, reject) => {
          const expressResponse = response as Response
          expressResponse.clearCookie('connect.sid')
          session.destroy((error) => (error ? reject(error) : resolve()))
        }),
    }),
    allowedOrigins: [origin],
    form: {
      csrfToken: (request) => incomingOf<Request>(request).session.csrfToken,
      landing: '/goodbye',
      // If the provider responds, go there next and end its session as well.
      singleSignOut: true,
    },
  }),
)
