import type { components } from '../generated/logout-proxy.ts'

/** What the page sends, as `specs/logout-proxy.openapi.yaml` has it. */
export type LogoutRequest = components['schemas']['LogoutRequest']

/** What the page gets. */
export type LogoutAnswer = components['schemas']['LogoutAnswer']

/**
 * What became of the tokens; the local session has ended in any case.
 *
 * - `logged_out`: all revoked, or the session had none.
 * - `no_session`: nothing was revoked, because there was no session: it has ended or expired before, or the backend does
 *   not find it by its cookie.
 * - `queued`: not yet all revoked; the outbox goes on trying.
 * - `local_only`: not all revoked, and nobody tries again. They work until they expire.
 */
export type LogoutStatus = components['schemas']['LogoutStatus']

/** Why a request was refused. */
export type ProblemCode = components['schemas']['ProblemCode']

/** A refusal, as problem details. */
export type Problem = components['schemas']['Problem']
