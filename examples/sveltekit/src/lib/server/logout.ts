import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'
import { COOKIE, sessionOf, sessions } from '#lib/server/sessions.ts'

const origin = process.env.APP_ORIGIN ?? 'http://localhost:3000'

export const logout = createLogoutHandler({
  // Creates the client at the first logout: `vite build` has no secrets.
  client: lazyLogoutClient(() => createLogoutClientFromEnv({ logoutRedirectUri: `${origin}/goodbye` })),
  session: cookieSession({
    name: COOKIE,
    read: (id) => sessions.get(id)?.tokens,
    clear: (id) => sessions.delete(id),
  }),
  allowedOrigins: [origin],
  form: {
    csrfToken: (request) => sessionOf(request)?.csrfToken,
    landing: '/goodbye',
    // If the provider responds, go there next and end its session as well.
    singleSignOut: true,
  },
})
