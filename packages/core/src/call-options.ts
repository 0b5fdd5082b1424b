import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import { refuseUnknownOption } from './refuse-unknown-option.ts'

/** Time limits and retries of a call. The client has defaults; each call can override them. */
export interface CallLimits {
  /**
   * Time for one attempt including its whole response, in milliseconds, 1 to 86 400 000.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Time for the whole call including all attempts and waits, in milliseconds, 1 to 86 400 000.
   * @default 30_000
   */
  readonly deadlineMs?: number | undefined
  /**
   * Maximum number of retries after a failed first attempt, 0 to 100.
   * @default 2
   */
  readonly retries?: number | undefined
}

/** Limits and signal of one call. */
export interface CallOptions extends CallLimits {
  /** Ends the call immediately when it aborts; a request in progress is reported as `unknown`. */
  readonly signal?: AbortSignal | undefined
}

/** Limits that are complete. */
export type ResolvedLimits = Required<{ [K in keyof CallLimits]: number }>

/**
 * Checks that the options of a call are an object of known members, and that their signal is one: an `AbortController`
 * instead of it would never end the call, and fail when the call ends.
 *
 * @param known An object with the names that exist.
 * @throws LogoutError `invalid_argument`
 */
export function checkCallOptions(options: unknown, known: object): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    throw new LogoutError('invalid_argument', 'The options of a call must be an object.')
  }
  refuseUnknownOption(options, known, {}, '', 'invalid_argument')
  const { signal } = options as { signal?: Partial<AbortSignal> | null }
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') {
    invalidOption('signal', 'must be an AbortSignal.', 'invalid_argument')
  }
}

/**
 * Completes the limits of a call.
 *
 * @throws LogoutError with `code` when one is not a number in its range
 */
export function resolveLimits(
  limits: CallLimits,
  defaults: ResolvedLimits,
  code: 'invalid_options' | 'invalid_argument' = 'invalid_argument',
): ResolvedLimits {
  const { timeoutMs = defaults.timeoutMs, deadlineMs = defaults.deadlineMs, retries = defaults.retries } = limits
  checkDuration(timeoutMs, 'timeoutMs', code)
  checkDuration(deadlineMs, 'deadlineMs', code)
  if (!(Number.isInteger(retries) && retries >= 0 && retries <= 100)) {
    invalidOption('retries', 'must be a whole number from 0 to 100.', code)
  }
  return { timeoutMs, deadlineMs, retries }
}

/**
 * Checks a limit that must be positive.
 *
 * @throws LogoutError with `code`
 */
export function checkDuration(
  value: unknown,
  option: string,
  code: 'invalid_options' | 'invalid_argument' = 'invalid_options',
): void {
  if (!isDuration(value, 1)) invalidOption(option, 'must be 1 to 86400000 milliseconds.', code)
}

/** Checks that a value is a number of milliseconds from `least` to a day. */
export function isDuration(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= 86_400_000
}
