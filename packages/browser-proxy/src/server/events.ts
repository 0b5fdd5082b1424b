import type { LogoutError, Revocation } from '@backend-logout/core'
import type { LogoutStatus, ProblemCode } from './contract.ts'

/**
 * A part of the application that a logout calls. `handler` is everything else: a failure there is unexpected, and the
 * response is 500 `internal_error`.
 */
export type LogoutStep =
  | 'throttle'
  | 'extra_parameters'
  | 'csrf'
  | 'id'
  | 'wait_until'
  | 'lock'
  | 'read'
  | 'list'
  | 'revoke'
  | 'queue'
  | 'clear'
  | 'handler'

/**
 * Events at the endpoint, for logs, metrics and alerts. No event contains a token, except that `error` is the unchanged
 * error of your function.
 *
 * Each request ends in one `refused` or one `outcome`. A `failure` can precede it; one of `lock` or `wait_until` can
 * follow it.
 */
export type LogoutProxyEvent =
  | {
      readonly type: 'refused'
      readonly code: ProblemCode
      readonly status: number
      readonly durationMs: number
    }
  | {
      readonly type: 'failure'
      readonly step: LogoutStep
      readonly error: unknown
    }
  | {
      /**
       * No session was found, so nothing was revoked; an `outcome` with the status `no_session` follows. Alert where
       * `named` is often `true`.
       */
      readonly type: 'no_session'
      /**
       * True if the request names a session, such as in its cookie. Then either the session has just ended, or your
       * `read` does not recognize its name: a signed cookie (`s:…` of express-session), an encrypted one, or a store
       * that has lost its sessions. Tokens may stay active then. Missing if the session has no `id`.
       */
      readonly named?: boolean | undefined
    }
  | {
      readonly type: 'outcome'
      readonly status: LogoutStatus
      /** The outcome of each token at the provider, refresh token first. */
      readonly revocations: readonly Revocation[]
      readonly durationMs: number
      /** True if all access tokens of the session are on the revocation list. Missing if there is no list. */
      readonly listed?: boolean | undefined
      /** Reason why there is no logout URL, if one was requested or an ID token was available. */
      readonly logoutUrlError?: LogoutError | undefined
      /** True if this request joined a logout of the same session that was already in progress. */
      readonly joined: boolean
    }

/** Receives {@link LogoutProxyEvent}s. Its errors are ignored: watching a logout must not break it. */
export type OnLogoutProxyEvent = (event: LogoutProxyEvent) => void
