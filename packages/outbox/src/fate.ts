import type { LogoutError, Revocation } from '@backend-logout/core'
import type { EntryAbout, TokenAbout } from './entry.ts'
import type { FailureCode } from './events.ts'

/** Why a logout was not finished; what is stored of it. Not the provider's own words: they may name people. */
export interface Reason {
  readonly code: FailureCode
  /** HTTP status of the provider's answer. */
  readonly status?: number | undefined
  /** The provider's `error` code (RFC 6749 §5.2). */
  readonly providerError?: string | undefined
}

/** What was tried so far; stored with a job that is tried again. */
export interface History {
  /** How often the provider was asked. */
  readonly attempts: number
  /** How often the answer was one that a mended configuration would change. */
  readonly refusals: number
}

/** What is to become of a logout after an attempt. */
export type Fate =
  | { readonly kind: 'revoked'; readonly history: History }
  | { readonly kind: 'expired'; readonly history: History; readonly left: readonly TokenAbout[] }
  | {
      readonly kind: 'retry' | 'dead'
      readonly history: History
      /** The tokens that are not done. */
      readonly left: readonly TokenAbout[]
      readonly reason: Reason
    }

/**
 * How a provider fails: it asks to be asked less often; it, or what stands before it, refuses for a reason that has
 * nothing to do with the token; or it is down.
 */
export type FailureKind = 'throttled' | 'refused' | 'down'

/** What an attempt says about the provider. */
export type Health =
  | { readonly kind: 'answers' }
  | { readonly kind: 'unknown' }
  | { readonly kind: FailureKind; readonly code: FailureCode; readonly retryAfterMs?: number | undefined }

type Severity = 'passing' | 'refusal' | 'final'

/** How bad a failure is: it passes, it lasts until someone fixes the configuration, or it is final for this token. */
function severityOf({ code, concerns, status }: LogoutError): Severity {
  if (concerns === 'provider' || code === 'aborted' || code === 'unverified') return 'passing'
  if (concerns === 'application') return 'refusal'
  // The provider's own refusal. Anything else, such as a 403 or a 413, may come from a proxy in front of it.
  return code === 'rejected' && status !== 400 && status !== 200 ? 'refusal' : 'final'
}

/**
 * Decides what becomes of a logout.
 *
 * @param revocations The fate of each of `about.tokens`, in the same order.
 */
export function fateOf(
  about: EntryAbout,
  revocations: readonly Revocation[],
  before: History,
  maxRefusals: number,
  isPast: (timeMs: number) => boolean,
): Fate {
  const failures = about.tokens.flatMap((token, index) => {
    const revocation = revocations[index]
    return revocation?.revoked ? [] : [{ token, error: revocation?.error }]
  })
  const asked = revocations.some(({ attempts }) => attempts > 0)
  const refused = failures.some(({ error }) => error && severityOf(error) === 'refusal')
  const history: History = {
    attempts: before.attempts + (asked ? 1 : 0),
    refusals: before.refusals + (refused ? 1 : 0),
  }
  if (failures.length === 0) return { kind: 'revoked', history }
  const alive = failures.filter(({ token }) => !isPast(token.expiresAt))
  if (alive.length === 0) return { kind: 'expired', history, left: failures.map(({ token }) => token) }
  const left = alive.map(({ token }) => token)
  const hopeful = alive.find(({ error }) => {
    const severity = error ? severityOf(error) : 'passing'
    return severity === 'passing' || (severity === 'refusal' && history.refusals < maxRefusals)
  })
  const { error } = hopeful ?? (alive[0] as (typeof alive)[number])
  return { kind: hopeful ? 'retry' : 'dead', history, left, reason: reasonOf(error) }
}

/** Decides what the attempt says about the provider. */
export function healthOf(revocations: readonly Revocation[]): Health {
  const errors = revocations.flatMap(({ error }) => (error ? [error] : []))
  const throttled = errors.find(({ code, retryAfterMs }) => code === 'rate_limited' || retryAfterMs !== undefined)
  if (throttled) return { kind: 'throttled', code: throttled.code, retryAfterMs: throttled.retryAfterMs }
  if (revocations.some(({ revoked }) => revoked)) return { kind: 'answers' }
  // What was given up here says nothing about the provider.
  const failed = errors.find((error) => error.code !== 'aborted' && severityOf(error) !== 'final')
  if (failed) return { kind: severityOf(failed) === 'refusal' ? 'refused' : 'down', code: failed.code }
  return errors.some(({ status }) => status !== undefined) ? { kind: 'answers' } : { kind: 'unknown' }
}

function reasonOf(error: LogoutError | undefined): Reason {
  if (!error) return { code: 'unexpected_response' }
  const { code, status, providerError } = error
  return {
    code,
    ...(status !== undefined && { status }),
    // Codes of the registry are of this form; what is not might be text.
    ...(providerError !== undefined && /^[\w.-]{1,100}$/.test(providerError) && { providerError }),
  }
}
