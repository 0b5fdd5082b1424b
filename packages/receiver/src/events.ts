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
 * Reason for refusing a request, other than its token.
 *
 * | code | meaning |
 * |---|---|
 * | `method_not_allowed` | the method is not POST |
 * | `unsupported_media_type` | the content type is not a form, or JSON for the other endpoints |
 * | `body_too_large` | the body is longer than 32 KiB, or 1 MiB from GenAuth |
 * | `body_already_read` | other code of the application, such as a body parser, has read the body before the handler |
 * | `incomplete_body` | the body broke off, or did not arrive within 10 seconds |
 * | `malformed_body` | the body is not UTF-8, or not a form with one logout token, or not a JSON object |
 * | `wrong_secret` | GenAuth's webhook lacks the secret |
 * | `unreadable_event` | GenAuth's webhook does not name its users |
 * | `token_missing` | Universal Logout: there is no bearer token |
 * | `unreadable_subject` | Universal Logout: `sub_id` does not name a user by `iss_sub` or `email` |
 * | `foreign_subject` | Universal Logout: the user is one of another issuer |
 * | `unknown_subject` | Universal Logout: `subjectOfEmail` found no user |
 * | `unsupported_subject` | Universal Logout: the user is named by email address, and there is no `subjectOfEmail` |
 */
export type RequestProblem =
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'body_already_read'
  | 'incomplete_body'
  | 'malformed_body'
  | 'wrong_secret'
  | 'unreadable_event'
  | 'token_missing'
  | 'unreadable_subject'
  | 'foreign_subject'
  | 'unknown_subject'
  | 'unsupported_subject'

/** Receives {@link ReceiverEvent}s. Its errors are ignored: watching a logout must not break it. */
export type OnReceiverEvent = (event: ReceiverEvent) => void
