/** What a token endpoint gives. A token that was not issued is empty. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
  /** The refresh token before the latest rotation. */
  readonly earlierRefreshToken?: string
}

/** Finds out whether a token works; never by the client under test. */
export interface Probe {
  readonly token: 'access token' | 'refresh token'
  /** By what, such as `user info`. */
  readonly by: string
  works(): Promise<boolean>
  /** What must hold before the call. Left out where asking would use the token up. */
  readonly before?: 'works' | 'inactive'
}
