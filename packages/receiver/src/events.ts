import type { LogoutTokenErrorCode } from './errors.ts'

/** A part of a logout that can fail: the application's own functions and stores. */
export type ReceiverStep = 'replays' | 'revocations' | 'find' | 'tokens' | 'outbox' | 'end' | 'handler'

/**
 * Events of the receiver, for logs, metrics and alerts. No event names a token, a user or a session, except that
 * `error` is the unchanged error of your function.
 *
 * - `keys_fetched` and `keys_failed`: an issuer's keys were requested.
 * - `logged_out`: a logout is complete. `sessions` is the number that have ended.
 * - `ignored`: a webhook of GenAuth ends nothing, because of its event or its application.
 * - `repeated`: a token that was processed before was delivered again.
 * - `refused`: a request or a token is not acceptable, or the keys cannot be fetched.
 * - `incomplete`: a part of a logout failed, and the response reports it.
 * - `failure`: one step failed, after which `incomplete` follows. (An `expiresAt` that is not a time is only left out.)
 */
export type ReceiverEvent =
  | { readonly type: 'keys_fetched'; readonly issuer: string; readonly keys: number }
  | { readonly type: 'keys_failed'; readonly issuer: string; readonly message: string }
  | { readonly type: 'logged_out'; readonly sessions: number; readonly durationMs: number }
  | { readonly type: 'ignored'; readonly durationMs: number }
  | { readonly type: 'repeated'; readonly durationMs: number }
  | {
      readonly type: 'refused'
      readonly code: LogoutTokenErrorCode | RequestProblem
      readonly status: number
      readonly durationMs: number
    }
  | { readonly type: 'incomplete'; readonly status: number; readonly durationMs: number }
  | { readonly type: 'failure'; readonly step: ReceiverStep; readonly error: unknown }

/**
 * Reason for refusing a request before its token was checked, or a webhook of GenAuth: it lacks the secret, or does not
 * name a user.
 */
export type RequestProblem =
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'incomplete_body'
  | 'malformed_body'
  | 'wrong_secret'
  | 'unreadable_event'

/** Receives {@link ReceiverEvent}s. Its errors are ignored: watching a logout must not break it. */
export type OnReceiverEvent = (event: ReceiverEvent) => void
