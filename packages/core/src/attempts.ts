import { type Call, emitCall, redactorOf } from './call.ts'
import { ERROR_MEANING } from './codes.ts'
import { endpointName } from './endpoint-url.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { type FailedAttempt, mayHaveArrived, reportFailure } from './failure-report.ts'
import { redactCause } from './redaction.ts'
import { isThrottled, nextDelay } from './retry.ts'
import type { RevocationState } from './revocation.ts'
import { WINDOW } from './shared-windows.ts'
import { EndedEarly, endedBefore, pause, withTimeLimit } from './time-limit.ts'
import { tokenState } from './token-state.ts'
import type { TransportResponse } from './transport.ts'
import { isUnsent } from './unsent.ts'
import type { Verdict } from './verdict.ts'

/** One request, sent as often as it takes. */
export interface EndpointRequest<T = unknown> {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Sends it once. Called for each attempt, so that each has its own credential. */
  readonly send: (attempt: number, signal: AbortSignal) => Promise<TransportResponse>
  readonly judge: (response: TransportResponse, wallNow: number) => Verdict<T> | Promise<Verdict<T>>
}

/** The provider answered success. */
export interface Succeeded<T = unknown> {
  readonly ok: true
  readonly attempts: number
  readonly status: number
  readonly requestId: string | undefined
  /** The body, where it was JSON. */
  readonly json: T
}

/** There was no success. */
export interface Failed {
  readonly ok: false
  readonly attempts: number
  readonly error: LogoutError
  /** What this says about a token that was to be revoked. */
  readonly state: RevocationState
  /** Whether the provider wants the application as a whole to slow down. */
  readonly throttled: boolean
}

/** How a call to one endpoint ended. */
export type Outcome<T = unknown> = Succeeded<T> | Failed

/** Sends a request until it succeeds, cannot succeed, or time or attempts are used up. Never rejects. */
export async function attemptUntilDone<T>(call: Call, request: EndpointRequest<T>): Promise<Outcome<T>> {
  const { clock } = call.options
  const late = endedBefore(call, clock)
  if (late) return notSent(late)
  // Some gateways take a key there, and runtimes like to quote the address.
  const [, query = ''] = request.url.split('?', 2)
  if (query.length >= WINDOW) call.secrets.push(query)
  const history = new History(call, request)
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(call, request, attempt)
    if (result.ok) return result
    if (isLogoutError(result.thrown)) return history.refused(result.thrown)
    history.add(result)
    const delayMs = nextDelay({
      attempts: attempt,
      retries: call.limits.retries,
      failure: result,
      deferThrottling: call.deferThrottling,
      remainingMs: call.deadlineAt - clock.now(),
      random: clock.random(),
    })
    if (delayMs === undefined) return history.failed()
    const { code, retryAfterMs } = result
    emitCall(call, () => ({ type: 'retry', endpoint: endpointName(request.url), attempt, code, delayMs, retryAfterMs }))
    if (!(await pause(delayMs, call.signal, clock))) return history.aborted()
    // Timers may be late, and a request without any time left would only blur what is known.
    if (clock.now() >= call.deadlineAt) return history.failed()
  }
}

/** The outcome of a call that sent nothing. */
export function notSent(error: LogoutError, state: RevocationState = 'live'): Failed {
  return { ok: false, attempts: 0, error, state, throttled: false }
}

/** The failed attempts of one request, and what they say together. */
class History {
  readonly #call: Call
  readonly #request: EndpointRequest
  readonly #failures: FailedAttempt[] = []
  /** Whether a request was sent to which there was no response. */
  #possiblyDelivered = false

  constructor(call: Call, request: EndpointRequest) {
    this.#call = call
    this.#request = request
  }

  add(failure: FailedAttempt): void {
    this.#failures.push(failure)
    this.#possiblyDelivered ||= mayHaveArrived(failure)
  }

  /** The call ends with the last failure. */
  failed(): Failed {
    const error = reportFailure(this.#call, this.#request, this.#failures)
    return this.#end(error, this.#state())
  }

  /** The call ends because it was aborted while it waited. */
  aborted(): Failed {
    const cause = reportFailure(this.#call, this.#request, this.#failures)
    const attempts = this.#failures.length
    const error = new LogoutError('aborted', 'The call was aborted while it waited to retry.', { attempts, cause })
    return this.#end(error, this.#state())
  }

  /** The call ends with an error that a transport or client authentication threw instead of sending a request. */
  refused(error: LogoutError): Failed {
    return this.#end(redactCause(error, redactorOf(this.#call)) as LogoutError, 'live')
  }

  /** What the last failure says about the token. */
  #state(): RevocationState {
    const last = this.#failures.at(-1) as FailedAttempt
    return last.unsent ? 'live' : ERROR_MEANING[last.code].token
  }

  #end(error: LogoutError, state: RevocationState): Failed {
    return {
      ok: false,
      attempts: this.#failures.length,
      error,
      state: tokenState(state, this.#possiblyDelivered),
      throttled: isThrottled(error),
    }
  }
}

async function tryOnce<T>(
  call: Call,
  request: EndpointRequest<T>,
  attempt: number,
): Promise<Succeeded<T> | FailedAttempt> {
  const { clock } = call.options
  const startedAt = clock.now()
  const result = await sendOnce(call, request, attempt, startedAt)
  // Thrown on purpose, before anything was sent: that is not an attempt.
  if (!result.ok && isLogoutError(result.thrown)) return result
  emitCall(call, () => ({
    type: 'attempt',
    endpoint: endpointName(request.url),
    attempt,
    durationMs: clock.now() - startedAt,
    status: result.status,
    code: result.ok ? undefined : result.code,
    requestId: result.requestId,
  }))
  return result
}

async function sendOnce<T>(
  call: Call,
  request: EndpointRequest<T>,
  attempt: number,
  startedAt: number,
): Promise<Succeeded<T> | FailedAttempt> {
  const { clock } = call.options
  const ms = Math.min(call.limits.timeoutMs, call.deadlineAt - startedAt)
  try {
    const response = await withTimeLimit((signal) => request.send(attempt, signal), ms, call.signal, clock)
    const verdict = await request.judge(response, clock.wallNow())
    // A hostile provider may send anything back under any name.
    const requestId = verdict.requestId && redactorOf(call)(verdict.requestId, 100)
    if (!verdict.ok) return { ...verdict, requestId }
    return { ok: true, attempts: attempt, status: response.status, requestId, json: verdict.json }
  } catch (thrown) {
    if (thrown instanceof EndedEarly) return { ok: false, code: thrown.why, thrown }
    return { ok: false, code: 'network', thrown, unsent: isUnsent(thrown) }
  }
}
