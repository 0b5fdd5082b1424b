import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'
import { sessionOf, storage } from './sessions.server'

const origin = process.env.APP_ORIGIN ?? 'http://localhost:3000'

export const logout = createLogoutHandler({
  // Creates the client at the first logout: the build has no secrets.
  client: lazyLogoutClient(() => createLogoutClientFromEnv({ logoutRedirectUri: `${origin}/goodbye` })),
  session: {
    read: async (request) => (await sessionOf(request)).get('tokens'),
    clear: async (request) => ({ 'set-cookie': await storage.destroySession(await sessionOf(request)) }),
  },
  allowedOrigins: [origin],
  form: {
    csrfToken: async (request) => (await sessionOf(request)).get('csrfToken'),
    landing: '/goodbye',
    // If the provider responds, go there next and end its session as well.
    singleSignOut: true,
  },
})
