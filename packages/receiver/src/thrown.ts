import { emit } from '@backend-logout/core'
import { isLogoutTokenError, type LogoutTokenError } from './errors.ts'
import type { OnReceiverEvent } from './events.ts'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'

/** The relevant part of a value that was thrown while a request was handled. */
export interface Thrown {
  /** The refusal, if it is one. */
  readonly refusal?: Pick<LogoutTokenError, 'code' | 'retryable' | 'retryAfterMs'>
  /** True if an event has reported it. */
  readonly isReported: boolean
}

/** Reads a thrown value. Anything can be thrown, even an object that throws when it is read. */
export function readThrown(error: unknown): Thrown {
  try {
    if (!isLogoutTokenError(error)) return { isReported: error instanceof IncompleteLogoutError }
    const { code, retryable, retryAfterMs } = error
    return { refusal: { code, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) }, isReported: false }
  } catch {
    return { isReported: false }
  }
}

/** Reports that a logout is incomplete, and what was thrown, if no event has reported that. */
export function reportIncomplete(
  onEvent: OnReceiverEvent | undefined,
  error: unknown,
  status: number,
  durationMs: number,
): void {
  if (!readThrown(error).isReported) emit(onEvent, { type: 'failure', step: 'handler', error })
  emit(onEvent, { type: 'incomplete', status, durationMs })
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  try {
    const { message } = Object(error) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {}
  return 'no reason given'
}
