/** A provider's notice that a session, or all sessions of a user, have ended. All times are seconds since 1970. */
export interface LogoutNotice {
  /** The provider. */
  readonly iss: string
  /** The user. Without {@link LogoutNotice.sid}, all sessions of this user end. */
  readonly sub?: string
  /** The one session that ends. */
  readonly sid?: string
  /**
   * The time of the logout, by the provider's clock: `iat` of the token and one second, because it is rounded down.
   * Later sessions stay active.
   */
  readonly at: number
  /**
   * The time of the logout by this machine's clock, if the provider gave none. Then `at` is a minute later, because the
   * provider's clock may be ahead: it is for sessions that exist. A login that is recorded afterward is compared with this
   * time, so that the user can immediately log in again.
   */
  readonly localAt?: number
  /** The token's id. */
  readonly jti?: string
  /** The latest time at which the provider can deliver the token. */
  readonly expiresAt?: number
}
