/** The data of a user's session. */
export interface Session {
  readonly tokens?: {
    readonly accessToken: string
    readonly refreshToken?: string | undefined
    readonly idToken?: string | undefined
  }
  readonly csrfToken?: string
  readonly signIn?: { readonly state: string; readonly verifier: string }
}

/** Replace this with the session store of your application. */
export const sessions = new Map<string, Session>()

/** The cookie with the id of the session. Its prefix protects it from other sites and requires HTTPS or localhost. */
export const COOKIE = '__Host-session'

/** The session that a request names in its cookie. */
export function sessionOf(request: Request): Session | undefined {
  const [, id = ''] = new RegExp(`(?:^|; *)${COOKIE}=([^;]*)`).exec(request.headers.get('cookie') ?? '') ?? []
  return sessions.get(id)
}
