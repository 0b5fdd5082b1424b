import type { TokenTypeHint } from './revocation.ts'
import type { RevocationAttempt } from './revoke.ts'
import type { BulkToken } from './token-source.ts'

/** A token of a bulk run between the input and its report. */
export interface BulkJob {
  readonly index: number
  readonly item: unknown
  /** When it was sent first, in the time of the client's clock. */
  readonly startedAt: number
  /** Requests that were sent for it. */
  readonly attempts: number
  /** Number of refusals because of throttling. */
  readonly refusals: number
  /** True if a request for it had no response. */
  readonly possiblyDelivered: boolean
  /** The last refusal. */
  readonly last?: RevocationAttempt
}

/** A token from the source that was not sent yet. */
export function newJob(index: number, item: unknown, startedAt: number): BulkJob {
  return { index, item, startedAt, attempts: 0, refusals: 0, possiblyDelivered: false }
}

/** Adds the requests of an attempt that started at the time of its first one. */
export function tried(job: BulkJob, startedAt: number, { revocation }: RevocationAttempt): BulkJob {
  return {
    ...job,
    startedAt,
    attempts: job.last?.accepted ? job.attempts : job.attempts + revocation.attempts,
    possiblyDelivered: job.possiblyDelivered || revocation.state === 'unknown',
  }
}

/** The token of an item, and what the source knows about it. */
export function partsOf(item: unknown): { token: unknown; hint: TokenTypeHint | undefined; wasActive: boolean } {
  if (typeof item !== 'object' || item === null) return { token: item, hint: undefined, wasActive: false }
  const { token, tokenTypeHint, wasActive } = item as Exclude<BulkToken, string>
  return { token, hint: tokenTypeHint, wasActive: wasActive === true }
}
