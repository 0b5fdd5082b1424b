import {
  cookieSession,
  createLogoutHandler,
  type LogoutHandler,
  type LogoutHandlerOptions,
} from '@backend-logout/browser-proxy/server'

/** The tokens of a user who is signed in. */
export interface Session {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
}

/** Stands for the session store that the application has. */
export const sessions = new Map<string, Session>()

/** Creates the endpoint. The client is the one of the runtime. */
export function createLogout(client: LogoutHandlerOptions['client']): LogoutHandler {
  const { APP_ORIGIN } = process.env
  return createLogoutHandler({
    client,
    session: cookieSession({
      name: '__Host-session',
      read: (id) => sessions.get(id),
      clear: (id) => sessions.delete(id),
    }),
    // Behind a reverse proxy, name the origin of your pages. Without it, the address of the request counts.
    allowedOrigins: APP_ORIGIN ? [APP_ORIGIN] : undefined,
    returnTo: ['/goodbye'],
    clearSiteData: ['cache'],
  })
}
