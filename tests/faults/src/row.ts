import type { CallLimits, LogoutErrorCode, RevocationState } from '@backend-logout/core'
import type { Behaviour, FaultServer, FaultServerOptions } from './fault-server.ts'
import type { Fate } from './operations.ts'

/** What must become of one token at a provider that behaves in a certain way. */
export interface Expected {
  /** Missing for a success. */
  readonly code?: LogoutErrorCode
  readonly state: RevocationState
  readonly attempts: number
  /** How many requests of one token the server gets to see, where that is not the number of attempts. */
  readonly requests?: number | 'any'
  /** Further properties of the error. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** One behaviour of a provider, and what each operation must make of it. */
export interface Row {
  readonly name: string
  readonly behave: Behaviour
  readonly revocation: Expected
  readonly introspection: Expected
  /** By default one retry, and time that is never used up unless something hangs. */
  readonly limits?: CallLimits
  readonly server?: FaultServerOptions
  /** Where the client is sent instead of to the server. */
  readonly appHost?: string
  /** Looks at what else must be so once the operation has ended. */
  readonly afterward?: (server: FaultServer, fates: readonly Fate[]) => void | Promise<void>
}

/** The limits of a row that has none of its own. */
export const PATIENT: Required<{ [K in keyof CallLimits]: number }> = {
  timeoutMs: 10_000,
  deadlineMs: 20_000,
  retries: 1,
}

/** R7: only these are tried again. */
export const RETRYABLE: readonly LogoutErrorCode[] = ['network', 'timeout', 'rate_limited', 'provider_unavailable']

/** What each code says about a token that was to be revoked (R9). */
const STATES: Partial<Record<LogoutErrorCode, RevocationState>> = {
  unsupported_token_type: 'unsupported',
  network: 'unknown',
  timeout: 'unknown',
  aborted: 'unknown',
}

/** Expects a failure. Unless told otherwise it is tried once more when R7 says so. */
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

/** The code of an HTTP status that is no success (R4 and R6), by who wrote the body where that shows. */
export function codeOf(status: number, by?: 'endpoint' | 'gateway'): LogoutErrorCode {
  if (status < 400) return 'redirect_refused'
  if (status === 401) return 'client_auth_failed'
  if (status === 429) return 'rate_limited'
  if (status >= 500 || status === 408) return 'provider_unavailable'
  if (by === 'gateway') return 'unexpected_response'
  return (status === 404 || status === 405) && by !== 'endpoint' ? 'endpoint_missing' : 'rejected'
}
