import { env, waitUntil } from 'cloudflare:workers'
import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/core'

// Variables and a secret of the worker, and its D1 database. In Workers KV, other locations could read a deleted session
// for a minute or more.
const { APP_ID: appId, APP_SECRET: appSecret, APP_HOST: appHost, DB } = env

// Sessions in a table: CREATE TABLE sessions (id TEXT PRIMARY KEY, tokens TEXT NOT NULL)
const logout = createLogoutHandler({
  client: createLogoutClient({ appId, appSecret, appHost }),
  session: cookieSession({
    name: '__Host-session',
    read: async (id) =>
      JSON.parse((await DB.prepare('SELECT tokens FROM sessions WHERE id = ?').bind(id).first('tokens')) ?? 'null'),
    clear: (id) => DB.prepare('DELETE FROM sessions WHERE id = ?').bind(id).run(),
  }),
  returnTo: ['/goodbye'],
  clearSiteData: ['cache'],
  // A request ends with its client here; the logout continues.
  waitUntil,
})

export default { fetch: logout }
