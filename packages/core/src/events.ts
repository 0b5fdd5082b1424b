import type { LogoutErrorCode } from './codes.ts'
import type { RevocationState } from './revocation.ts'

/** Members of every {@link LogoutEvent}. */
export interface LogoutEventBase {
  /** Number of the call within its client: the events of one call share it. */
  readonly call: number
  /** The operation. */
  readonly operation: 'revoke' | 'introspect' | 'discover'
  /** The endpoint, without its query. Missing if it is not known yet. */
  readonly endpoint?: string | undefined
  /** Fingerprint of the token, see {@link fingerprintToken}. Missing for `discover`. */
  readonly token?: string | undefined
}

/**
 * Events of a call, for logs, metrics and traces. No event contains a secret.
 *
 * `start`, then for each request an `attempt` (and a `retry` before the next one), and one `outcome`.
 */
export type LogoutEvent =
  | (LogoutEventBase & { readonly type: 'start' })
  | (LogoutEventBase & {
      readonly type: 'attempt'
      /** 1 for the first one. */
      readonly attempt: number
      readonly durationMs: number
      /** HTTP status, if there was a response. */
      readonly status?: number | undefined
      /** Code of its failure; missing after a success. */
      readonly code?: LogoutErrorCode | undefined
      readonly requestId?: string | undefined
    })
  | (LogoutEventBase & {
      readonly type: 'retry'
      /** Number of the attempt that failed. */
      readonly attempt: number
      readonly code: LogoutErrorCode
      /** Wait before the next attempt, in milliseconds. */
      readonly delayMs: number
      /** Wait that the provider requires, in milliseconds. */
      readonly retryAfterMs?: number | undefined
    })
  | (LogoutEventBase & {
      readonly type: 'outcome'
      readonly attempts: number
      readonly durationMs: number
      /** The outcome for the token; only for `revoke`. */
      readonly state?: RevocationState | undefined
      readonly code?: LogoutErrorCode | undefined
      readonly status?: number | undefined
      readonly requestId?: string | undefined
    })

/** Receives {@link LogoutEvent}s. Its errors are ignored: watching a logout must not break it. */
export type OnEvent = (event: LogoutEvent) => void

/**
 * Calls an event listener and contains its failures, even later ones: watching a logout must not break it. The event is
 * frozen. For packages that emit their own events.
 *
 * @param listener Typed as returning nothing, but an application can pass an async function. Its result may be a
 * promise of any library or realm.
 * @example
 * ```ts
 * import { emit } from '@backend-logout/core'
 *
 * function queued(onEvent?: (event: { readonly type: 'queued' }) => void) {
 *   emit(onEvent, { type: 'queued' })
 * }
 * ```
 */
export function emit<E>(listener: ((event: E) => void) | undefined, event: NoInfer<E>): void {
  if (!listener) return
  try {
    Object.freeze(event)
    const result: unknown = listener(event)
    if (Object(result) === result) Promise.resolve(result).catch(() => {})
  } catch {}
}
