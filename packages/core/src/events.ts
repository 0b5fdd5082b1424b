import type { LogoutErrorCode } from './codes.ts'
import type { RevocationState } from './revocation.ts'

/** What every {@link LogoutEvent} says. */
export interface LogoutEventBase {
  /** Number of the call within its client: the events of one call share it. */
  readonly call: number
  /** What is being done. */
  readonly operation: 'revoke' | 'introspect' | 'discover'
  /** The endpoint, without its query. Missing where it is not known yet. */
  readonly endpoint?: string | undefined
  /** Fingerprint of the token, see {@link fingerprintToken}. Missing for `discover`. */
  readonly token?: string | undefined
}

/**
 * What happens during a call, for logs, metrics and traces. No event holds a secret.
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
      /** HTTP status, where there was an answer. */
      readonly status?: number | undefined
      /** What was wrong with it; missing when all was well. */
      readonly code?: LogoutErrorCode | undefined
      readonly requestId?: string | undefined
    })
  | (LogoutEventBase & {
      readonly type: 'retry'
      /** Number of the attempt that failed. */
      readonly attempt: number
      readonly code: LogoutErrorCode
      /** How long the call now waits, in milliseconds. */
      readonly delayMs: number
      /** What the provider asked for, in milliseconds. */
      readonly retryAfterMs?: number | undefined
    })
  | (LogoutEventBase & {
      readonly type: 'outcome'
      readonly attempts: number
      readonly durationMs: number
      /** What became of the token; only for `revoke`. */
      readonly state?: RevocationState | undefined
      readonly code?: LogoutErrorCode | undefined
      readonly status?: number | undefined
      readonly requestId?: string | undefined
    })

/** Receives {@link LogoutEvent}s. What it throws is dropped: watching a logout must not break it. */
export type OnEvent = (event: LogoutEvent) => void

/** Calls an {@link OnEvent} without letting any failure of it out, not even one that comes later. */
export function emit(onEvent: OnEvent, event: LogoutEvent): void {
  try {
    // Typed as void, but nothing keeps people from handing in an async function.
    const result: unknown = onEvent(Object.freeze(event))
    if (typeof result === 'object') Promise.resolve(result).catch(() => {})
  } catch {}
}
