import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv } from '@backend-logout/node'

/** The tokens of a user who is signed in. */
export interface Session {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
}

/** Stands for the session store that the application has. */
export const sessions = new Map<string, Session>()

export const logout = createLogoutHandler({
  client: createLogoutClientFromEnv(),
  session: cookieSession({
    name: '__Host-session',
    read: (id) => sessions.get(id),
    clear: (id) => sessions.delete(id),
  }),
  allowedOrigins: [process.env.APP_ORIGIN ?? 'https://app.example.com'],
})
