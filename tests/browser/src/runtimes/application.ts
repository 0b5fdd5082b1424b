import { cookieSession, createLogoutHandler, type LogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/core'

/** What a server in another process or runtime needs to know. */
export interface ApplicationSettings {
  readonly appId: string
  readonly appSecret: string
  readonly appHost: string
  readonly revokeTimeoutMs?: number
  readonly waitUntil?: (logout: Promise<unknown>) => void
}

/** The same application for every runtime: the session is its cookie, so the server keeps nothing. */
export function createApplication({ revokeTimeoutMs, waitUntil, ...location }: ApplicationSettings): LogoutHandler {
  return createLogoutHandler({
    client: createLogoutClient(location),
    session: cookieSession({ name: '__Host-session', read: (value) => JSON.parse(atob(value)) }),
    returnTo: ['/goodbye', 'http://localhost:3000/'],
    clearSiteData: ['cache'],
    revokeTimeoutMs,
    waitUntil,
  })
}
