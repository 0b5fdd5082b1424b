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

/** A code of a runtime or of TLS, such as `ECONNREFUSED`. Those of this project are in lower case. */
const CODE = /^[A-Z]\w{2,59}$/

/**
 * The message of a thrown value, as a part of a sentence, with the code of its cause: on its own, `fetch failed` gives no
 * reason.
 */
export function reasonOf(error: unknown): string {
  const { message } = membersOfThrown(error)
  const text = typeof message === 'string' && message !== '' ? message.replace(/\.+$/, '') : 'no reason given'
  const code = codeOf(error)
  return code === undefined || text.includes(code) ? text : `${text} (${code})`
}

/** The code of an error or of its cause. A host with several addresses has one error for each. */
function codeOf(error: unknown, depth = 4): string | undefined {
  const { code, cause, first } = membersOfThrown(error)
  if (typeof code === 'string' && CODE.test(code)) return code
  if (depth === 0) return undefined
  return codeOf(cause, depth - 1) ?? codeOf(first, depth - 1)
}

/** The members of a thrown value that say why it was thrown; `first` is the first of several errors in it. */
function membersOfThrown(error: unknown): { readonly [Name in 'message' | 'code' | 'cause' | 'first']?: unknown } {
  try {
    const { message, code, cause, errors } = Object(error) as Record<string, unknown>
    return { message, code, cause, first: Array.isArray(errors) ? errors[0] : undefined }
  } catch {
    return {}
  }
}
