import type { components } from '../generated/logout-proxy.ts'

/** Request of the page, as in `specs/logout-proxy.openapi.yaml`. */
export type LogoutRequest = components['schemas']['LogoutRequest']

/** Response to the page. */
export type LogoutAnswer = components['schemas']['LogoutAnswer']

/**
 * The outcome for the tokens; the local session has ended in any case.
 *
 * - `logged_out`: all revoked, or the session had none.
 * - `no_session`: nothing was revoked, because there was no session: it has ended or expired before, or the backend does
 *   not find it by its cookie.
 * - `queued`: not yet all revoked; the outbox keeps trying.
 * - `local_only`: not all revoked, and nothing retries. They work until they expire.
 */
export type LogoutStatus = components['schemas']['LogoutStatus']

/** Reason for a refusal. */
export type ProblemCode = components['schemas']['ProblemCode']

/** A refusal, as problem details. */
export type Problem = components['schemas']['Problem']
