import { isId } from './dead-letters.ts'
import { refuse } from './errors.ts'
import { refuseUnknownOption } from './option-names.ts'
import type { AddOptions, DeadLetterOptions, WorkOptions } from './outbox.ts'
import type { WorkerOptions } from './worker.ts'

const ADD: Readonly<Record<keyof AddOptions, true>> = { transaction: true, lane: true, expiresAt: true }
const ADD_HINTS = { priority: 'use lane', ttl: 'use expiresAt', tx: 'use transaction' }
const WORK: Readonly<Record<keyof WorkOptions, true>> = {
  concurrency: true,
  graceMs: true,
  signal: true,
  untilEmpty: true,
}
const DEAD_LETTERS: Readonly<Record<keyof DeadLetterOptions, true>> = { limit: true, after: true }

/** Checked {@link WorkOptions}, and the client that work requires. */
export interface ResolvedWorkOptions
  extends Pick<WorkerOptions, 'client' | 'concurrency' | 'graceMs' | 'untilEmpty'>,
    Pick<WorkOptions, 'signal'> {}

/**
 * Checks the names of the options of `add()` and `addMany()`; their values are checked with the tokens.
 *
 * @throws OutboxError `invalid_argument`
 */
export function checkAddOptions(options: AddOptions): void {
  refuseUnknownOption(options, ADD, { hints: ADD_HINTS })
}

/**
 * Checks the options of `work()` and fills in the defaults.
 *
 * @throws OutboxError `invalid_argument`
 */
export function resolveWorkOptions(
  options: WorkOptions,
  client: ResolvedWorkOptions['client'] | undefined,
): ResolvedWorkOptions {
  refuseUnknownOption(options, WORK)
  const { concurrency = 32, graceMs = 10_000, signal, untilEmpty = false } = options
  if (!client) refuse('invalid_argument', 'work() requires the option client of openOutbox().')
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1000)) {
    refuse('invalid_argument', 'concurrency must be a whole number from 1 to 1000.')
  }
  if (!(graceMs >= 0 && graceMs <= 86_400_000)) refuse('invalid_argument', 'graceMs must be 0 to 86400000 ms.')
  return { client, concurrency, graceMs, signal, untilEmpty }
}

/**
 * Checks the options of `deadLetters()` and fills in the defaults.
 *
 * @throws OutboxError `invalid_argument`
 */
export function resolveDeadLetterOptions(options: DeadLetterOptions): DeadLetterOptions {
  refuseUnknownOption(options, DEAD_LETTERS)
  const { limit = 1000, after } = options
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 100_000)) {
    refuse('invalid_argument', 'limit must be a whole number from 1 to 100000.')
  }
  if (after !== undefined && !isId(after)) refuse('invalid_argument', 'after must be the id of a dead letter.')
  return { limit, after }
}
