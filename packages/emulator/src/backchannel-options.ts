import type { JWK } from 'jose'
import type { Application } from './applications.ts'
import type { LogoutSender } from './logout-sender.ts'

/** Options of reporting logouts to an application. */
export interface BackchannelLogoutOptions {
  /**
   * The application that receives the reports.
   * @default the emulator's default application
   */
  readonly app?: Application
  /**
   * The provider whose logout tokens to imitate.
   * @default 'oidc-provider'
   */
  readonly sender?: LogoutSender
  /**
   * Adds the session to logout tokens and ID tokens, as `sid`. It applies to users who sign in afterward.
   * @default true
   */
  readonly sessionRequired?: boolean
  /**
   * The public key, RSA or EC, that logout tokens are encrypted with. `alg` defaults to `RSA-OAEP-256` or `ECDH-ES`.
   * @default logout tokens are not encrypted
   */
  readonly encryptionKey?: JWK
}

/** A logout that was reported to an application. */
export interface LogoutDelivery {
  /** The application that received the report. */
  readonly appId: string
  /** The status of its response; absent without one. */
  readonly status?: number
}
