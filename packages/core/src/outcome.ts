import type { LogoutError } from './errors.ts'
import type { RevocationState } from './revocation.ts'

/** The provider returned success. */
export interface Succeeded<T = unknown> {
  readonly ok: true
  readonly attempts: number
  readonly status: number
  readonly requestId: string | undefined
  /** The body, if it was JSON. */
  readonly json: T
}

/** There was no success. */
export interface Failed {
  readonly ok: false
  readonly attempts: number
  readonly error: LogoutError
  /** The state of the token that was to be revoked. */
  readonly state: RevocationState
  /** True if the provider requires the whole application to slow down. */
  readonly throttled: boolean
}

/** The outcome of a call to one endpoint. */
export type Outcome<T = unknown> = Succeeded<T> | Failed

/** The outcome of a call that sent nothing. */
export function notSent(error: LogoutError, state: RevocationState = 'live'): Failed {
  return { ok: false, attempts: 0, error, state, throttled: false }
}
