import { env, waitUntil } from 'cloudflare:workers'
import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/core'

// The settings are variables and a secret of the worker, the sessions a KV namespace.
const { APP_ID: appId, APP_SECRET: appSecret, APP_HOST: appHost, SESSIONS } = env

const logout = createLogoutHandler({
  client: createLogoutClient({ appId, appSecret, appHost }),
  session: cookieSession({
    name: '__Host-session',
    read: async (id) => JSON.parse((await SESSIONS.get(id)) ?? 'null'),
    clear: (id) => SESSIONS.delete(id),
  }),
  returnTo: ['/goodbye'],
  clearSiteData: ['cache'],
  // A request ends with its client here; the logout goes on.
  waitUntil,
})

export default { fetch: logout }
