import { isThrottled, type LogoutError, type Revocation } from '@backend-logout/core'
import type { FailureCode } from './events.ts'
import type { EntryAbout, TokenAbout } from './tokens.ts'

/** Reason why a logout was not completed. Stored with it, without the provider's description, which may name people. */
export interface Reason {
  /** The reason for the failure. */
  readonly code: FailureCode
  /** HTTP status of the provider's response. */
  readonly status?: number | undefined
  /** The provider's `error` code (RFC 6749 §5.2). */
  readonly providerError?: string | undefined
}

/** The previous attempts at a logout; stored with a job that is tried again. */
export interface History {
  /** Number of calls to the provider. */
  readonly attempts: number
  /** Number of refusals for a reason that a changed configuration would fix. */
  readonly refusals: number
}

/** Result of an attempt at a logout. */
export type Outcome =
  | { readonly kind: 'revoked'; readonly history: History }
  | { readonly kind: 'expired'; readonly history: History; readonly left: readonly TokenAbout[] }
  | {
      readonly kind: 'retry' | 'dead'
      readonly history: History
      /** The tokens that are not revoked. */
      readonly left: readonly TokenAbout[]
      readonly reason: Reason
    }

/**
 * A provider's failure: it throttles; it, or a proxy in front of it, refuses for a reason unrelated to the token; or it
 * is down.
 */
export type FailureKind = 'throttled' | 'refused' | 'down'

/** State of the provider after an attempt. */
export type Health =
  | { readonly kind: 'answers' }
  | { readonly kind: 'unknown' }
  | { readonly kind: FailureKind; readonly code: FailureCode; readonly retryAfterMs?: number | undefined }

/** The end of a failure: it passes, someone has to fix the configuration, or it stays. */
type Lasting = 'temporary' | 'until_fixed' | 'permanent'

function lastingOf({ code, status, retryable, concerns }: LogoutError): Lasting {
  // A worker that stops aborts the requests in progress.
  if (retryable || code === 'aborted') return 'temporary'
  // With 400, the provider itself refuses the token. A 403 or 413 may come from a proxy in front of it.
  const isFromProxy = code === 'rejected' && status !== 400 && status !== 200
  return concerns === 'application' || isFromProxy ? 'until_fixed' : 'permanent'
}

/**
 * Determines the outcome of an attempt.
 *
 * @param revocations The result for each of `about.tokens`, in the same order.
 */
export function outcomeOf(
  about: EntryAbout,
  revocations: readonly Revocation[],
  before: History,
  maxRefusals: number,
  isPast: (timeMs: number) => boolean,
): Outcome {
  const failures = about.tokens.flatMap((token, index) => {
    const revocation = revocations[index]
    return revocation?.revoked ? [] : [{ token, error: revocation?.error }]
  })
  const called = revocations.some(({ attempts }) => attempts > 0)
  const refused = failures.some(({ error }) => error && lastingOf(error) === 'until_fixed')
  const history: History = {
    attempts: before.attempts + (called ? 1 : 0),
    refusals: before.refusals + (refused ? 1 : 0),
  }
  if (failures.length === 0) return { kind: 'revoked', history }
  const active = failures.filter(({ token }) => !isPast(token.expiresAt))
  if (active.length === 0) return { kind: 'expired', history, left: failures.map(({ token }) => token) }
  const left = active.map(({ token }) => token)
  const hopeful = active.find(({ error }) => {
    const lasting = error ? lastingOf(error) : 'temporary'
    return lasting === 'temporary' || (lasting === 'until_fixed' && history.refusals < maxRefusals)
  })
  const { error } = hopeful ?? (active[0] as (typeof active)[number])
  return { kind: hopeful ? 'retry' : 'dead', history, left, reason: reasonOf(error) }
}

/** Determines the state of the provider from an attempt. */
export function healthOf(revocations: readonly Revocation[]): Health {
  const errors = revocations.flatMap(({ error }) => (error ? [error] : []))
  const throttled = errors.find(isThrottled)
  if (throttled) return { kind: 'throttled', code: throttled.code, retryAfterMs: throttled.retryAfterMs }
  if (revocations.some(({ revoked }) => revoked)) return { kind: 'answers' }
  // An abort on this side does not show anything about the provider.
  const failed = errors.find((error) => error.code !== 'aborted' && lastingOf(error) !== 'permanent')
  if (failed) return { kind: lastingOf(failed) === 'until_fixed' ? 'refused' : 'down', code: failed.code }
  return errors.some(({ status }) => status !== undefined) ? { kind: 'answers' } : { kind: 'unknown' }
}

function reasonOf(error: LogoutError | undefined): Reason {
  return error ? readReason(error) : { code: 'unexpected_response' }
}

/** Reads a reason from an error, or from stored data of any writer. */
export function readReason(value: unknown): Reason {
  const { code, status, providerError } = (value ?? {}) as Partial<Record<keyof Reason, unknown>>
  return {
    code: isCode(code) && code.length <= 50 ? (code as FailureCode) : 'undecryptable',
    ...(Number.isInteger(status) && Number(status) >= 100 && Number(status) <= 599 && { status: Number(status) }),
    // The codes of the registry are of this form; anything else might be text.
    ...(isCode(providerError) && { providerError }),
  }
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value)
}

/** Reads the previous attempts from stored data of any writer. */
export function readHistory(value: unknown): History {
  const { attempts, refusals } = (value ?? {}) as Partial<Record<keyof History, unknown>>
  return { attempts: readCount(attempts), refusals: readCount(refusals) }
}

/** Reads a number of attempts. */
export function readCount(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0
}
