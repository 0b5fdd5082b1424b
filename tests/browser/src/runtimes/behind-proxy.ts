import { createServer } from 'node:http'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv } from '@backend-logout/node'

const logout = createLogoutHandler({
  client: createLogoutClientFromEnv(),
  session: cookieSession({ name: '__Host-session', read: (cookie) => JSON.parse(atob(cookie)) }),
  trustedProxyHeader: 'x-forwarded',
})
createServer(toNodeHandler(logout)).listen(Number(process.env.PORT))
