import type { AttemptHistory } from './attempt-history.ts'
import { briefFailure } from './brief-failure.ts'
import { type Call, emitCall, redactorOf } from './call.ts'
import { endpointName } from './endpoint-url.ts'
import { isLogoutError } from './errors.ts'
import type { FailedAttempt } from './failure-report.ts'
import { type LoadPart, partOf } from './load-part.ts'
import { notSent, type Outcome, type Succeeded } from './outcome.ts'
import { WINDOW } from './shared-windows.ts'
import { EndedEarly, endedBefore, pause, withTimeLimit } from './time-limit.ts'
import type { TransportResponse } from './transport.ts'
import type { Verdict } from './verdict.ts'

/** Longest wait for the code that describes failures, in milliseconds. The deadline may have passed already. */
const LOAD_MS = 1_000

/** Most calls succeed at the first attempt, and need none of this. In a page, loading it takes the network that failed. */
export const loadAttemptHistory: LoadPart<typeof import('./attempt-history.ts')> = partOf(
  () => import('./attempt-history.ts'),
)

/** One request, sent as often as necessary. */
export interface EndpointRequest<T = unknown> {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Sends it once. Called for each attempt, so that each has its own credential. */
  readonly send: (attempt: number, signal: AbortSignal) => Promise<TransportResponse>
  readonly judge: (response: TransportResponse, wallNow: number) => Verdict<T> | Promise<Verdict<T>>
}

/** Sends a request until it succeeds, cannot succeed, or time or attempts are used up. Never rejects. */
export async function attemptUntilDone<T>(call: Call, request: EndpointRequest<T>): Promise<Outcome<T>> {
  const { clock } = call.options
  const late = endedBefore(call, clock)
  if (late) return notSent(late)
  // Some gateways expect a key there, and runtimes quote the address.
  const query = request.url.indexOf('?') + 1
  if (query && request.url.length - query >= WINDOW) call.secrets.push(request.url.slice(query))
  let history: AttemptHistory | undefined
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(call, request, attempt)
    if (result.ok) return result
    const part = await loadAttemptHistory(call.options, LOAD_MS).catch(() => {})
    if (!part) return briefFailure(call, request, result)
    history ??= new part.AttemptHistory(call, request)
    if (isLogoutError(result.thrown)) return history.refused(result.thrown)
    history.add(result)
    const delayMs = history.nextDelay()
    if (delayMs === undefined) return history.failed()
    const { code, retryAfterMs } = result
    emitCall(call, () => ({ type: 'retry', endpoint: endpointName(request.url), attempt, code, delayMs, retryAfterMs }))
    if (!(await pause(delayMs, call.signal, clock))) return history.aborted()
    // Timers may be late, and a request without any time left would only obscure the outcome.
    if (clock.now() >= call.deadlineAt) return history.failed()
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
    const receive = async (signal: AbortSignal): Promise<{ verdict: Verdict<T>; status: number }> => {
      const response = await request.send(attempt, signal)
      return { verdict: await request.judge(response, clock.wallNow()), status: response.status }
    }
    const { verdict, status } = await withTimeLimit(receive, ms, call.signal, clock)
    // A hostile provider may send anything back under any name.
    const requestId = verdict.requestId && redactorOf(call, !verdict.ok)(verdict.requestId, 100)
    if (!verdict.ok) return { ...verdict, requestId }
    return { ok: true, attempts: attempt, status, requestId, json: verdict.json }
  } catch (thrown) {
    if (thrown instanceof EndedEarly) return { ok: false, code: thrown.why, thrown }
    return { ok: false, code: 'network', thrown }
  }
}
