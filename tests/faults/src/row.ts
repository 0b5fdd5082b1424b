import type { CallLimits, LogoutErrorCode, RevocationState } from '@backend-logout/core'
import type { Behavior, FaultServer, FaultServerOptions } from './fault-server.ts'
import type { Fate } from './operations.ts'

/** The required outcome for one token at a provider with a certain behavior. */
export interface Expected {
  /** Missing for a success. */
  readonly code?: LogoutErrorCode
  readonly state: RevocationState
  readonly attempts: number
  /** The number of requests of one token that reach the server, if it differs from the number of attempts. */
  readonly requests?: number | 'any'
  /** Further properties of the error. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** One behavior of a provider, and the required outcome of each operation. */
export interface Row {
  readonly name: string
  readonly behave: Behavior
  readonly revocation: Expected
  readonly introspection: Expected
  /** By default, one retry, and a time limit that is reached only if something hangs. */
  readonly limits?: CallLimits
  readonly server?: FaultServerOptions
  /** The address that the client uses instead of the server's. */
  readonly appHost?: string
  /** Further checks after the operation has ended. */
  readonly afterward?: (server: FaultServer, fates: readonly Fate[]) => void | Promise<void>
}

/** The limits of a row that sets none. */
export const PATIENT: Required<{ [K in keyof CallLimits]: number }> = {
  timeoutMs: 10_000,
  deadlineMs: 20_000,
  retries: 1,
}

/** Only these are retried. */
export const RETRYABLE: readonly LogoutErrorCode[] = ['network', 'timeout', 'rate_limited', 'provider_unavailable']

/** The state of a token that each code implies after a revocation. */
const STATES: Partial<Record<LogoutErrorCode, RevocationState>> = {
  unsupported_token_type: 'unsupported',
  network: 'unknown',
  timeout: 'unknown',
  aborted: 'unknown',
}

/** Expects a failure. By default, it is retried once if its status permits it. */
export function fails(code: LogoutErrorCode, differently: Partial<Expected> = {}): Expected {
  return { code, state: STATES[code] ?? 'live', attempts: RETRYABLE.includes(code) ? 2 : 1, ...differently }
}

/** Expects success. */
export function succeeds(attempts = 1): Expected {
  return { state: 'accepted', attempts }
}

/** The same for revocation and introspection. */
export function either(expected: Expected): Pick<Row, 'revocation' | 'introspection'> {
  return { revocation: expected, introspection: expected }
}

/** The code for an HTTP status that is not a success, by the author of the body if that is visible. */
export function codeOf(status: number, by?: 'endpoint' | 'gateway'): LogoutErrorCode {
  if (status < 400) return 'redirect_refused'
  if (status === 401) return 'client_auth_failed'
  if (status === 429) return 'rate_limited'
  if (status >= 500 || status === 408) return 'provider_unavailable'
  if (by === 'gateway') return 'unexpected_response'
  return (status === 404 || status === 405) && by !== 'endpoint' ? 'endpoint_missing' : 'rejected'
}
