import type { Call, ClientCore } from './call.ts'
import type { CallLimits, ResolvedLimits } from './call-options.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { askProvider } from './introspect.ts'
import type { Failed, Succeeded } from './outcome.ts'
import type { Revocation, TokenTypeHint } from './revocation.ts'
import { isThrottled } from './throttled.ts'
import { endedBefore, pause } from './time-limit.ts'

/** The state of a token after introspection, and if it is not `verified`, the reason. */
export interface Evidence extends Pick<Revocation, 'state' | 'error' | 'wasActive'> {
  /** The reason why introspection failed, if it can be repeated later. */
  readonly throttledBy?: LogoutError | undefined
}

const FIRST_POLL_MS = 100
const MAX_POLL_MS = 1_000

/** The result of introspection: whether the token is active, or why that is unknown. */
export type Activity = boolean | LogoutError

/** Introspects one token, within limits. */
export type Ask = (limits: CallLimits) => Promise<Activity>

/**
 * Creates the {@link Ask} for a token.
 *
 * @param deferThrottling Whether a bulk run waits instead when the provider throttles.
 */
export function askAbout(
  core: ClientCore,
  token: string,
  tokenTypeHint: TokenTypeHint | undefined,
  signal: AbortSignal | undefined,
  deferThrottling = false,
): Ask {
  return async (limits) => {
    try {
      return (await askProvider(core, token, { ...limits, tokenTypeHint, signal }, deferThrottling)).active
    } catch (error) {
      if (isLogoutError(error)) return error
      throw error
    }
  }
}

/**
 * The maximum number of introspection retries in a bulk run, where the chance of proof is lost once the token is
 * revoked.
 */
const BULK_RETRIES = 5

/**
 * Introspects a token before it is revoked, with at most a third of the deadline: completing the logout matters more
 * than proving it. A bulk run, which has time, repeats it more often and for longer.
 */
export function askBefore(
  ask: Ask,
  { timeoutMs, deadlineMs, retries }: ResolvedLimits,
  isBulk = false,
): Promise<Activity> {
  const part = isBulk ? 2 / 3 : 1 / 3
  return ask({
    timeoutMs,
    deadlineMs: Math.max(1, deadlineMs * part),
    retries: isBulk ? Math.max(retries, BULK_RETRIES) : retries,
  })
}

/**
 * Introspects a token after its revocation was accepted. Only active before and inactive after is proof: a provider may
 * also report a token as inactive if the caller may not introspect it (RFC 7662 §2.2).
 */
export async function verifyAfter(
  call: Call,
  ask: Ask,
  before: Activity,
  patienceMs: number,
  { status, attempts }: Succeeded,
): Promise<Evidence> {
  const { clock } = call.options
  const wasActive = before === true ? { wasActive: true } : {}
  const unproven = (why: string, cause?: LogoutError): Evidence => {
    const message = `The provider accepted the revocation, but ${why}`
    // Only a response that the token is inactive is a statement about it; any provider can accept a revocation.
    const details = { tokenMayBeLive: before !== false, status, attempts, cause }
    const error = new LogoutError('unverified', message, details)
    const throttledBy = cause && call.deferThrottling && isThrottled(cause) ? cause : undefined
    return { state: 'accepted', error, throttledBy, ...wasActive }
  }
  if (typeof before !== 'boolean') return unproven('did not introspect the token before.', before)
  if (!before) {
    return unproven('reported the token as inactive even before: it already was, or this client may not introspect it.')
  }
  const until = Math.min(clock.now() + patienceMs, call.deadlineAt)
  for (let delayMs = FIRST_POLL_MS; ; delayMs = Math.min(delayMs * 2, MAX_POLL_MS)) {
    const retries = call.deferThrottling ? Math.max(call.limits.retries, BULK_RETRIES) : call.limits.retries
    const after = await ask({ ...call.limits, retries, deadlineMs: remainingMs(call) })
    if (after === false) return { state: 'verified', ...wasActive }
    if (after !== true) return unproven('did not introspect the token after.', after)
    if (clock.now() + delayMs >= until) break
    if (!(await pause(delayMs, call.signal, clock))) {
      return unproven('the call was aborted before that was proven.', endedBefore(call, clock))
    }
  }
  const message = 'The provider accepted the revocation, but still reports the token as active.'
  return { state: 'live', error: new LogoutError('unverified', message, { status, attempts }), ...wasActive }
}

/**
 * Introspects once an active token whose revocation failed: a request whose response was lost may have arrived, and
 * some providers refuse to revoke a token that ended with its refresh token.
 */
export async function verifyAfterFailure(call: Call, ask: Ask, { state, error }: Failed): Promise<Evidence> {
  if (endedBefore(call, call.options.clock)) return { state, error, wasActive: true }
  const after = await ask({ ...call.limits, deadlineMs: remainingMs(call), retries: 0 })
  if (after === false) return { state: 'verified', wasActive: true }
  return { state: after === true && state === 'unknown' ? 'live' : state, error, wasActive: true }
}

function remainingMs({ deadlineAt, options }: Call): number {
  return Math.max(1, deadlineAt - options.clock.now())
}
