import { emit, within } from '@backend-logout/core'
import type { LogoutStep, OnLogoutProxyEvent } from './events.ts'
import type { Awaitable } from './session.ts'

/** Result of a step: a value, or the thrown error. */
export type StepResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/**
 * Runs a part of the application, such as its session store, within a time limit. It never rejects: a failure becomes
 * an event, and the logout continues.
 *
 * @param run Also reads the application's result completely, because reading can fail as well.
 * @param timeoutMs How long it may take, in milliseconds. `storeTimeoutMs` by default.
 */
export type RunStep = <T>(step: LogoutStep, run: () => Awaitable<T>, timeoutMs?: number) => Promise<StepResult<T>>

/** Creates a {@link RunStep}. */
export function createRunStep(storeTimeoutMs: number, onEvent: OnLogoutProxyEvent | undefined): RunStep {
  return async (step, run, timeoutMs = storeTimeoutMs) => {
    try {
      return { ok: true, value: await within(timeoutMs, run) }
    } catch (error) {
      emit(onEvent, { type: 'failure', step, error })
      return { ok: false, error }
    }
  }
}
