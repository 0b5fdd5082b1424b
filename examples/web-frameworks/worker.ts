import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/core'

interface Environment {
  readonly APP_ID: string
  readonly APP_SECRET: string
  readonly APP_HOST: string
  /** A KV namespace: the tokens of each session, as JSON. */
  readonly SESSIONS: { get(key: string): Promise<string | null>; delete(key: string): Promise<void> }
}

interface Context {
  waitUntil(promise: Promise<unknown>): void
}

export default {
  fetch(request: Request, environment: Environment, context: Context): Promise<Response> {
    // Settings come with each request here. Nothing of this does any I/O.
    const { APP_ID: appId, APP_SECRET: appSecret, APP_HOST: appHost, SESSIONS } = environment
    const logout = createLogoutHandler({
      client: createLogoutClient({ appId, appSecret, appHost }),
      session: cookieSession({
        name: '__Host-session',
        read: async (id) => JSON.parse((await SESSIONS.get(id)) ?? 'null'),
        clear: (id) => SESSIONS.delete(id),
      }),
      // A worker ends with its client; the logout goes on.
      waitUntil: (work) => context.waitUntil(work),
    })
    return logout(request)
  },
}
