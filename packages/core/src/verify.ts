import { endedBefore, type Outcome, pause } from './attempts.ts'
import type { Call } from './call.ts'
import { LogoutError } from './errors.ts'
import { type Introspection, postIntrospection } from './introspect.ts'
import type { RevocationState, TokenTypeHint } from './revocation.ts'

/** What introspection adds to an accepted revocation. */
export interface Verification {
  readonly state: RevocationState
  /** Why there is no proof; missing for `verified`. */
  readonly error?: LogoutError
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
  if (withinMs >= 0 && withinMs <= 86_400_000) return withinMs
  throw new LogoutError('invalid_argument', 'verify.withinMs must be 0 to 86400000 milliseconds.')
}

/**
 * Revokes a token and asks the provider about it before and after. Only active before and inactive after is proof: a
 * provider may also call inactive what the caller may not ask about (RFC 7662 §2.2).
 */
export async function revokeAndVerify(
  call: Call,
  token: string,
  hint: TokenTypeHint | undefined,
  patienceMs: number,
  revoke: () => Promise<Outcome>,
): Promise<{ outcome: Outcome; verification?: Verification }> {
  const { clock } = call.core.options
  const ask = async (deadlineAt: number, retries: number): Promise<boolean | LogoutError> => {
    const about = { ...call.about, operation: 'introspect' as const }
    const part: Call = {
      ...call,
      about,
      deadlineAt: Math.min(deadlineAt, call.deadlineAt),
      limits: { ...call.limits, retries },
    }
    const answer = await postIntrospection(part, { token, ...(hint !== undefined && { token_type_hint: hint }) })
    return answer.ok ? (answer.json as Introspection).active : answer.error
  }
  // Tried once and briefly: to be sure is worth less than to be logged out.
  const before = await ask(clock.now() + (call.deadlineAt - clock.now()) / 3, 0)
  const outcome = await revoke()
  if (!outcome.ok) return { outcome }

  const unproven = (why: string, cause?: LogoutError): Verification => ({
    state: 'accepted',
    error: new LogoutError('unverified', `The provider accepted the revocation, but ${why}`, {
      tokenMayBeLive: false,
      status: outcome.status,
      attempts: outcome.attempts,
      cause,
    }),
  })
  if (typeof before !== 'boolean')
    return { outcome, verification: unproven('would not introspect the token before.', before) }
  if (!before) {
    const why = 'it called the token inactive even before: it was dead already, or this client may not ask about it.'
    return { outcome, verification: unproven(why) }
  }
  const until = Math.min(clock.now() + patienceMs, call.deadlineAt)
  for (let delay = FIRST_POLL_MS; ; delay = Math.min(delay * 2, MAX_POLL_MS)) {
    const after = await ask(call.deadlineAt, call.limits.retries)
    if (after === false) return { outcome, verification: { state: 'verified' } }
    if (after !== true) return { outcome, verification: unproven('would not introspect the token after.', after) }
    if (clock.now() + delay >= until) break
    if (!(await pause(call, delay)))
      return { outcome, verification: unproven('the call was aborted before it was proven.', endedBefore(call)) }
  }
  const error = new LogoutError(
    'unverified',
    'The provider accepted the revocation, but still calls the token active.',
    {
      status: outcome.status,
      attempts: outcome.attempts,
    },
  )
  return { outcome, verification: { state: 'live', error } }
}
