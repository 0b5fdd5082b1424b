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

/** Keeps the sessions. A `Map` is one, for development. */
export interface SessionStore {
  get(id: string): Session | undefined | Promise<Session | undefined>
  set(id: string, session: Session): unknown
  delete(id: string): unknown
}

/** The cookie with the id of the session. Its prefix protects it from other sites and requires HTTPS or localhost. */
export const COOKIE = '__Host-session'
