/** The response of a token endpoint. A token that was not issued is empty. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
  /** The refresh token before the latest rotation. */
  readonly earlierRefreshToken?: string
}

/** Determines whether a token works; never with the client under test. */
export interface Probe {
  readonly token: 'access token' | 'refresh token'
  /** The means, such as `user info`. */
  readonly by: string
  works(): Promise<boolean>
  /** The required result before the call. Omitted if asking would use up the token. */
  readonly before?: 'works' | 'inactive'
}
