import { attemptUntilDone, type EndpointRequest } from '../attempts.ts'
import type { Call } from '../call.ts'
import type { LogoutEvent } from '../events.ts'
import { resolveOptions } from '../resolve-options.ts'
import { TransportResponse } from '../transport.ts'
import { judgeRevocation } from '../verdict.ts'
import type { ManualClock } from './manual-clock.ts'

/** The endpoint that is asked. */
export const URL = 'https://id.example.com/revoke'

/** The limits of a call, and what goes with it. */
export interface Given {
  readonly retries?: number
  readonly timeoutMs?: number
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  readonly secrets?: readonly string[]
  readonly onEvent?: (event: LogoutEvent) => void
}

/** A call with the default limits, unless given. */
export function callWith(clock: ManualClock, given: Given = {}): Call {
  const { retries = 2, timeoutMs = 10_000, deadlineMs = 30_000, signal, secrets = [], onEvent } = given
  const options = resolveOptions({ appId: 'app', endpoints: { revocation: URL }, onEvent }, clock)
  return {
    options,
    eventBase: { call: 1, operation: 'revoke' },
    limits: { timeoutMs, deadlineMs, retries },
    startedAt: clock.now(),
    deadlineAt: clock.now() + deadlineMs,
    signal,
    deferThrottling: false,
    secrets: [...secrets],
    recent: [],
  }
}

/** A response of the provider. */
export function answer(status: number, headers: Record<string, string> = {}, body = ''): TransportResponse {
  return new TransportResponse({ status, headers: new Headers(headers), body })
}

export type Send = EndpointRequest['send']

/** Sends as told, and lets time pass whenever a call waits to try again. */
export async function run(clock: ManualClock, send: Send, given: Given = {}, lateMs = 0) {
  const delays: number[] = []
  const onEvent = (event: LogoutEvent) => {
    given.onEvent?.(event)
    if (event.type !== 'retry') return
    delays.push(event.delayMs)
    // After this event the wait begins.
    queueMicrotask(() => clock.advance(event.delayMs + lateMs))
  }
  const call = callWith(clock, { ...given, onEvent })
  const outcome = await attemptUntilDone(call, { method: 'POST', url: URL, send, judge: judgeRevocation })
  return { outcome, delays, clock }
}

/** A `send` that responds or throws in turn; the last one repeatedly. */
export function inOrder(...steps: readonly (TransportResponse | Error)[]): Send {
  let next = 0
  return async () => {
    const step = steps[Math.min(next++, steps.length - 1)]
    if (step instanceof Error) throw step
    return step as TransportResponse
  }
}
