import { endedBefore, type Failed, pause, type Succeeded } from './attempts.ts'
import type { Call, ClientCore } from './call.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { type IntrospectOptions, introspect } from './introspect.ts'
import { type CallOptions, isDuration } from './options.ts'
import type { RevocationState, TokenTypeHint } from './revocation.ts'

/** What is known about a token once introspection was asked. */
export interface Verification {
  readonly state: RevocationState
  /** Why there is no proof; missing for `verified`. */
  readonly error?: LogoutError | undefined
}

const PATIENCE_MS = 5_000
const FIRST_POLL_MS = 100
const MAX_POLL_MS = 1_000

/**
 * How long an active token is asked about again, in milliseconds; `undefined` without verification.
 *
 * @throws LogoutError `invalid_argument`
 */
export function verifyPatience(
  verify: boolean | { readonly withinMs?: number | undefined } | undefined,
): number | undefined {
  if (!verify) return undefined
  const { withinMs = PATIENCE_MS } = verify === true ? {} : verify
  if (isDuration(withinMs, 0)) return withinMs
  const option = 'verify.withinMs'
  throw new LogoutError('invalid_argument', `${option} must be 0 to 86400000 milliseconds.`, { option })
}

/** What introspection says about a token: active or not, or why it would not say. */
export type Activity = boolean | LogoutError

/**
 * Asks whether a token is active before it is revoked. Tried once and for a third of the time at most: to be sure is
 * worth less than to be logged out.
 */
export function askBefore(
  core: ClientCore,
  token: unknown,
  tokenTypeHint: TokenTypeHint | undefined,
  { signal, timeoutMs, deadlineMs = core.options.limits.deadlineMs }: CallOptions,
): Promise<Activity> {
  return ask(core, token, { tokenTypeHint, signal, timeoutMs, deadlineMs: Math.max(1, deadlineMs / 3), retries: 0 })
}

/**
 * Asks about a token after its revocation was accepted. Only active before and inactive after is proof: a provider may
 * also call inactive what the caller may not ask about (RFC 7662 §2.2).
 */
export async function verifyAfter(
  call: Call,
  token: string,
  tokenTypeHint: TokenTypeHint | undefined,
  before: Activity,
  patienceMs: number,
  accepted: Succeeded,
): Promise<Verification> {
  const { core, signal } = call
  const { clock } = core.options
  const { status, attempts } = accepted
  const unproven = (why: string, cause?: LogoutError): Verification => {
    const message = `The provider accepted the revocation, but ${why}`
    return {
      state: 'accepted',
      // Only one that called the token inactive has said that it is dead; accepting is what anybody can do.
      error: new LogoutError('unverified', message, { tokenMayBeLive: before !== false, status, attempts, cause }),
    }
  }
  if (typeof before !== 'boolean') return unproven('would not introspect the token before.', before)
  if (!before) {
    return unproven('called the token inactive even before: it was dead already, or this client may not ask about it.')
  }
  const until = Math.min(clock.now() + patienceMs, call.deadlineAt)
  for (let delay = FIRST_POLL_MS; ; delay = Math.min(delay * 2, MAX_POLL_MS)) {
    const deadlineMs = Math.max(1, call.deadlineAt - clock.now())
    const after = await ask(core, token, { ...call.limits, tokenTypeHint, signal, deadlineMs })
    if (after === false) return { state: 'verified' }
    if (after !== true) return unproven('would not introspect the token after.', after)
    if (clock.now() + delay >= until) break
    if (!(await pause(call, delay))) return unproven('the call was aborted before that was proven.', endedBefore(call))
  }
  const message = 'The provider accepted the revocation, but still calls the token active.'
  return { state: 'live', error: new LogoutError('unverified', message, { status, attempts }) }
}

/**
 * Asks once about an active token whose revocation failed: a request whose answer was lost may have arrived, and some
 * providers refuse to revoke what died with its refresh token.
 */
export async function verifyAfterFailure(
  call: Call,
  token: string,
  tokenTypeHint: TokenTypeHint | undefined,
  { state, error }: Failed,
): Promise<Verification> {
  const { core, signal, deadlineAt, limits } = call
  if (endedBefore(call)) return { state, error }
  const deadlineMs = Math.max(1, deadlineAt - core.options.clock.now())
  const after = await ask(core, token, { ...limits, tokenTypeHint, signal, deadlineMs, retries: 0 })
  if (after === false) return { state: 'verified' }
  return { state: after === true && state === 'unknown' ? 'live' : state, error }
}

async function ask(core: ClientCore, token: unknown, options: IntrospectOptions): Promise<Activity> {
  try {
    return (await introspect(core, token, options)).active
  } catch (error) {
    if (isLogoutError(error)) return error
    throw error
  }
}
