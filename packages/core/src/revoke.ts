import { postTo } from './authenticated-post.ts'
import { type Call, type ClientCore, emitCall, startCall } from './call.ts'
import type { CallOptions } from './call-options.ts'
import { isLogoutError, type LogoutError } from './errors.ts'
import { isIntercepted } from './interception.ts'
import { type LoadPart, partOf } from './load-part.ts'
import { notSent, type Outcome, type Succeeded } from './outcome.ts'
import type { Revocation, TokenTypeHint } from './revocation.ts'
import { isThrottled } from './throttled.ts'
import { checkHint, usableToken } from './token.ts'
import type { TransportResponse } from './transport.ts'
import type { Verdict } from './verdict.ts'
import type { Activity, Evidence } from './verify.ts'
import { verifyPatience } from './verify-patience.ts'

/** Loads the code of verification. */
export const loadVerify: LoadPart<typeof import('./verify.ts')> = partOf(() => import('./verify.ts'))

/** Options of one revocation. */
export interface RevokeOptions extends CallOptions {
  /**
   * A hint that helps the provider find the token faster. It only saves the provider time; a wrong one is harmless (RFC
   * 7009 §2.1).
   */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Verifies by introspection: the token must be active before and inactive after. While it is still active,
   * introspection is repeated for up to 5 seconds, or for `withinMs`, within the deadline. When the revocation itself
   * fails, introspection is called once more, because the token may still be inactive.
   * @default false
   */
  readonly verify?: boolean | { readonly withinMs?: number | undefined } | undefined
}

/** Context of a revocation that is part of a larger operation. */
export interface RevokeContext extends Partial<Pick<Call, 'deferThrottling'>> {
  /** Result of introspection before any token of this session was revoked. */
  readonly before?: Activity | undefined
  /** The response to an earlier request to revoke this token; then only the proof is missing. */
  readonly accepted?: Succeeded | undefined
  /** The session's ID token: the one value whose hint is never correct. */
  readonly idToken?: unknown
}

/** A revocation with the data that a bulk run needs to continue it. */
export interface RevocationAttempt {
  readonly call: Call
  readonly revocation: Revocation
  /** True if the provider requires the whole application to slow down. */
  readonly throttled: boolean
  /** The wait, in milliseconds, if it is known. */
  readonly retryAfterMs?: number | undefined
  /** Set if the revocation was accepted, and the provider throttled the introspection after it. */
  readonly accepted?: Succeeded | undefined
}

/**
 * Revokes one token and reports its state. Rejects only for arguments that are wrong for any token; whatever happens to
 * this one, even when it cannot be a token, is in the report.
 */
export async function revoke(
  core: ClientCore,
  token: unknown,
  options: RevokeOptions = {},
  context: RevokeContext = {},
): Promise<RevocationAttempt> {
  const { tokenTypeHint: hint, verify } = options
  const { deferThrottling = false } = context
  checkHint(hint)
  const patienceMs = verifyPatience(verify)
  const usable = usableToken(token, core.options.appId, token === context.idToken ? undefined : hint)
  if (typeof usable !== 'string') {
    return settle(await startCall(core, 'revoke', options), hint, notSent(usable))
  }
  const call = await startCall(core, 'revoke', options, usable, deferThrottling)
  if (patienceMs === undefined) return settle(call, hint, await postRevocation(core, call, usable, hint))
  const part = await loadVerify(core.options).catch((error: LogoutError) => error)
  if (isLogoutError(part)) return settle(call, hint, notSent(part))
  const { askAbout, askBefore, verifyAfter, verifyAfterFailure } = part
  const ask = askAbout(core, usable, hint, options.signal, deferThrottling)
  const before = context.before ?? (await askBefore(ask, call.limits, deferThrottling))
  // Once the token is revoked, its earlier state cannot be determined.
  if (deferThrottling && isLogoutError(before) && isThrottled(before)) {
    return settle(call, hint, { ...notSent(before), throttled: true })
  }
  const outcome = context.accepted ?? (await postRevocation(core, call, usable, hint))
  if (outcome.ok) return settle(call, hint, outcome, await verifyAfter(call, ask, before, patienceMs, outcome))
  const known: Evidence = { ...outcome, ...(before === true && { wasActive: true }) }
  if (before !== true || isDeferred(call, outcome)) return settle(call, hint, outcome, known)
  return settle(call, hint, outcome, await verifyAfterFailure(call, ask, outcome))
}

/** Emits how a call ended. */
export function emitOutcome(call: Call, { state, attempts, durationMs, status, requestId, error }: Revocation): void {
  emitCall(call, () => ({ type: 'outcome', state, attempts, durationMs, status, requestId, code: error?.code }))
}

function postRevocation(
  core: ClientCore,
  call: Call,
  token: string,
  hint: TokenTypeHint | undefined,
): Promise<Outcome> {
  return postTo(core, call, {
    endpoint: 'revocation',
    judge: (answer, wallNow) => judge(answer, wallNow, core.options.alreadyInvalidErrors),
    post: (credential, to) =>
      core.api.POST('/token/revocation', {
        parseAs: 'stream',
        to,
        body: { token, ...(hint !== undefined && { token_type_hint: hint }), ...credential },
      }),
  })
}

/** Kept, because another `import()` would take a third of the time of a call. */
let verdicts: typeof import('./verdict.ts') | undefined

/** The usual bodies of a success, GenAuth's `true` among them. */
const USUAL = /^(?:\{\}|true)?$/

/** Judges a response. Any other body takes longer to read, and code that a page has to load first. */
async function judge(answer: TransportResponse, wallNow: number, alreadyInvalid: readonly string[]): Promise<Verdict> {
  if (answer.ok && USUAL.test(answer.body) && !answer.truncated && !answer.redirected && !isIntercepted(answer)) {
    return { ok: true, json: undefined, requestId: answer.headers.get('x-request-id') || undefined }
  }
  verdicts ??= await import('./verdict.ts')
  return verdicts.judgeRevocation(answer, wallNow, alreadyInvalid)
}

/** Ends a call and reports its outcome. If throttling is deferred, the same token is sent again. */
function settle(
  call: Call,
  hint: TokenTypeHint | undefined,
  outcome: Outcome,
  evidence: Evidence = outcome.ok ? { state: 'accepted' } : outcome,
): RevocationAttempt {
  const { state, error, wasActive, throttledBy } = evidence
  const { status, requestId } = outcome.ok ? outcome : outcome.error
  const revocation: Revocation = {
    state,
    revoked: state === 'accepted' || state === 'verified',
    attempts: outcome.attempts,
    durationMs: call.options.clock.now() - call.startedAt,
    ...(hint !== undefined && { tokenType: hint }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(wasActive && { wasActive }),
    ...(error && { error }),
  }
  if (outcome.ok && throttledBy) {
    return { call, revocation, throttled: true, retryAfterMs: throttledBy.retryAfterMs, accepted: outcome }
  }
  if (!isDeferred(call, outcome)) emitOutcome(call, revocation)
  return { call, revocation, throttled: !outcome.ok && outcome.throttled, retryAfterMs: error?.retryAfterMs }
}

function isDeferred(call: Call, outcome: Outcome): boolean {
  return call.deferThrottling && !outcome.ok && outcome.throttled
}
