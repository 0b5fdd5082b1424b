import { getIronSession, type IronSession } from 'iron-session'
import { cookies } from 'next/headers'

export interface SessionData {
  tokens?: { readonly accessToken: string; readonly refreshToken?: string; readonly idToken?: string }
}

/** The session of this request: an encrypted cookie. */
export async function getSession(): Promise<IronSession<SessionData>> {
  return getIronSession<SessionData>(await cookies(), {
    cookieName: 'session',
    password: process.env.SESSION_SECRET ?? '',
    cookieOptions: { secure: process.env.APP_ORIGIN?.startsWith('https:') ?? true },
  })
}
