import { createMemorySessionStorage, type Session } from 'react-router'

/** The data of a user's session. */
export interface SessionData {
  tokens: {
    readonly accessToken: string
    readonly refreshToken?: string | undefined
    readonly idToken?: string | undefined
  }
  csrfToken: string
  signIn: { readonly state: string; readonly verifier: string }
}

const { APP_ORIGIN = 'http://localhost:3000', SESSION_SECRET = 'only for development' } = process.env

/** Sessions in memory, for development. For a database, use createSessionStorage, which has the same functions. */
export const storage = createMemorySessionStorage<SessionData>({
  cookie: {
    name: 'session',
    secrets: [SESSION_SECRET],
    httpOnly: true,
    path: '/',
    sameSite: 'lax',
    secure: APP_ORIGIN.startsWith('https:'),
  },
})

/** The session of a request. */
export function sessionOf(request: Request): Promise<Session<SessionData>> {
  return storage.getSession(request.headers.get('cookie'))
}
