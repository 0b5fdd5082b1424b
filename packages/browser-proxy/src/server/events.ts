import type { Revocation } from '@backend-logout/core'
import type { LogoutStatus, ProblemCode } from './contract.ts'

/** A part of the application that a logout calls. */
export type LogoutStep = 'throttle' | 'id' | 'wait_until' | 'lock' | 'read' | 'revoke' | 'queue' | 'clear'

/**
 * What happens at the endpoint, for logs, metrics and alarms. No event holds a token; `error` is what the application's
 * own function threw, untouched.
 *
 * Each request ends in one `refused` or one `outcome`; a `failure` can come before.
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
      readonly type: 'outcome'
      readonly status: LogoutStatus
      /** The fate of each token at the provider, refresh token first. */
      readonly revocations: readonly Revocation[]
      readonly durationMs: number
      /** Whether this request joined a logout of the same session that was already under way. */
      readonly joined: boolean
    }

/** Receives {@link LogoutProxyEvent}s. What it throws is dropped: watching a logout must not break it. */
export type OnLogoutProxyEvent = (event: LogoutProxyEvent) => void

/** Calls an {@link OnLogoutProxyEvent} without letting any failure of it out, not even one that comes later. */
export function emit(onEvent: OnLogoutProxyEvent | undefined, event: LogoutProxyEvent): void {
  if (!onEvent) return
  try {
    // Typed as void, but nothing keeps people from handing in an async function.
    const result: unknown = onEvent(Object.freeze(event))
    if (result instanceof Promise) result.catch(() => {})
  } catch {}
}
