import { type Call, tell, type Wait } from './call.ts'
import { ERROR_MEANING } from './codes.ts'
import { nameOf } from './endpoint-url.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { type FailedAttempt, reportFailure } from './failure-report.ts'
import { redactor } from './redaction.ts'
import { retryDelay } from './retry.ts'
import type { RevocationState } from './revocation.ts'
import { EndedEarly, withTimeLimit } from './time-limit.ts'
import type { TransportResponse } from './transport.ts'
import type { Verdict } from './verdict.ts'

/** One request, sent as often as it takes. */
export interface EndpointRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Sends it once. Called for each attempt, so that each has its own credential. */
  readonly send: (attempt: number, signal: AbortSignal) => Promise<TransportResponse>
  readonly judge: (answer: TransportResponse, wallNow: number) => Verdict
}

/** The provider's answer was a success. */
export interface Succeeded {
  readonly ok: true
  readonly attempts: number
  readonly status: number
  readonly requestId: string | undefined
  /** The body, where it was JSON. */
  readonly json: unknown
}

/** There was no success. */
export interface Failed {
  readonly ok: false
  readonly attempts: number
  readonly error: LogoutError
  /** What this says about a token that was to be revoked. */
  readonly state: RevocationState
}

/** How a call to one endpoint ended. */
export type Outcome = Succeeded | Failed

/** Sends a request until it succeeds, cannot succeed, or time or attempts are used up. Never rejects. */
export async function attemptUntilDone(call: Call, request: EndpointRequest): Promise<Outcome> {
  const { clock } = call.core.options
  let failed: FailedAttempt | undefined
  let mayHaveArrived = false
  const late = endedBefore(call)
  if (late) return refused(late)
  for (let attempt = 1; ; attempt++) {
    const previous = failed
    const startedAt = clock.now()
    const result = await tryOnce(call, request, attempt, startedAt)
    // Thrown on purpose, before anything was sent: that is no attempt.
    const unsent = !result.ok && isLogoutError(result.thrown) ? refused(result.thrown, attempt - 1) : undefined
    if (!unsent)
      tell(call, () => ({
        type: 'attempt',
        endpoint: nameOf(request.url),
        attempt,
        durationMs: clock.now() - startedAt,
        status: result.status,
        code: result.ok ? undefined : result.code,
        requestId: result.requestId,
      }))
    if (result.ok) return result
    failed = result
    const { code, retryAfterMs } = failed
    const state = unsent?.state ?? ERROR_MEANING[code].token
    mayHaveArrived ||= state === 'unknown'
    const end = (error: LogoutError, attempts = attempt): Failed => ({
      ok: false,
      attempts,
      error,
      // A later refusal does not tell what became of an earlier request that nobody answered.
      state: mayHaveArrived && state === 'live' ? 'unknown' : state,
    })
    if (unsent) return end(unsent.error, unsent.attempts)
    const error = (): LogoutError => reportFailure(call, request, result, attempt, previous)
    const remainingMs = call.deadlineAt - clock.now()
    const { retries } = call.limits
    const handedBack = call.handsBackThrottling && (code === 'rate_limited' || retryAfterMs !== undefined)
    const delayMs =
      ERROR_MEANING[code].retryable && !handedBack
        ? retryDelay({ attempts: attempt, retries, retryAfterMs, remainingMs, random: clock.random() })
        : undefined
    if (delayMs === undefined) return end(error())
    tell(call, () => ({ type: 'retry', endpoint: nameOf(request.url), attempt, code, delayMs, retryAfterMs }))
    if (!(await pause(call, delayMs))) {
      const cause = error()
      return end(
        new LogoutError('aborted', 'The call was aborted while it waited to try again.', { attempts: attempt, cause }),
      )
    }
    // Timers may be late, and a request without any time left would only blur what is known.
    if (clock.now() >= call.deadlineAt) return end(error())
  }
}

/** Why a call must not send anything any more: its signal has aborted, or its time is up. */
export function endedBefore(call: Wait): LogoutError | undefined {
  if (call.signal?.aborted) return new LogoutError('aborted', 'The call was aborted before its request was sent.')
  if (call.core.options.clock.now() < call.deadlineAt) return undefined
  return new LogoutError('timeout', 'The deadline passed before the request was sent.', { retryable: true })
}

/** An outcome without, or before, any request. */
export function refused(error: LogoutError, attempts = 0, state: RevocationState = 'live'): Failed {
  return { ok: false, attempts, error, state }
}

async function tryOnce(
  call: Call,
  request: EndpointRequest,
  attempt: number,
  now: number,
): Promise<Succeeded | FailedAttempt> {
  const { clock } = call.core.options
  const ms = Math.min(call.limits.timeoutMs, call.deadlineAt - now)
  try {
    const answer = await withTimeLimit((signal) => request.send(attempt, signal), ms, call.signal, clock)
    const verdict = request.judge(answer, clock.wallNow())
    // A hostile provider may send anything back under any name.
    const requestId = verdict.requestId && redactor(call.secrets)(verdict.requestId, 100)
    if (!verdict.ok) return { ...verdict, requestId }
    return { ok: true, attempts: attempt, status: answer.status, requestId, json: verdict.json }
  } catch (thrown) {
    return { ok: false, code: thrown instanceof EndedEarly ? thrown.why : 'network', thrown }
  }
}

/** Waits; `false` when the caller's signal ended the wait. */
export async function pause(call: Call, ms: number): Promise<boolean> {
  try {
    await withTimeLimit(() => new Promise<never>(() => {}), ms, call.signal, call.core.options.clock)
  } catch (ended) {
    return (ended as EndedEarly).why === 'timeout'
  }
  return true
}
