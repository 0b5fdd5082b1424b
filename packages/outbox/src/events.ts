import type { LogoutErrorCode } from '@backend-logout/core'
import type { OutboxErrorCode } from './errors.ts'

/**
 * Reason why a token was not revoked: a code of `@backend-logout/core`, or one of the outbox:
 *
 * - `unknown_key`: none of `encryptionKeys` has the name of the key that it was encrypted with.
 * - `undecryptable`: it was encrypted with another key of that name, was changed, or is not a logout at all.
 * - `misplaced`: it was written as another logout, or for the outbox in another schema.
 * - `other_provider`: it was written for another application or provider than the worker's.
 */
export type FailureCode = LogoutErrorCode | 'unknown_key' | 'undecryptable' | 'misplaced' | 'other_provider'

/** Members of every {@link OutboxEvent} about one logout. */
export interface EntryEvent {
  /** The id that {@link Outbox.add} resolved to. */
  readonly id: string
  /** Fingerprints of its tokens, as `fingerprintToken` of `@backend-logout/core` makes them. */
  readonly tokens: readonly string[]
}

/**
 * Events of an outbox, for logs, metrics and traces. No event contains a secret.
 *
 * - `added`: logouts became durable. Not emitted for logouts in a transaction of the application.
 * - `revoked`: every token of a logout was revoked. `waitedMs` is the time since it was added.
 * - `expired`: the remaining tokens of a logout expired before they could be revoked.
 * - `retry`: a logout could not be completed now, and will be tried again.
 * - `dead`: a logout cannot be completed with the current configuration; it is a dead letter now.
 * - `paused`, `resumed`: the provider required a pause or does not respond; it responds again. One `paused` is emitted
 *   for each pause; a second one if it becomes longer by more than ten seconds.
 * - `store_made_private`: the store's folder was open to other users of the machine, and no longer is. Anyone who could
 *   change it may have prepared its content.
 * - `store_error`: the database could not be reached or refused a statement; the outbox retries.
 */
export type OutboxEvent =
  | { readonly type: 'added'; readonly count: number }
  | (EntryEvent & { readonly type: 'revoked'; readonly attempts: number; readonly waitedMs: number })
  | (EntryEvent & { readonly type: 'expired' })
  | (EntryEvent & { readonly type: 'retry'; readonly code: FailureCode; readonly attempts: number })
  | (EntryEvent & { readonly type: 'dead'; readonly code: FailureCode; readonly attempts: number })
  | { readonly type: 'paused'; readonly until: Date; readonly code: FailureCode }
  | { readonly type: 'resumed' }
  | { readonly type: 'store_made_private'; readonly message: string }
  | { readonly type: 'store_error'; readonly code: OutboxErrorCode; readonly message: string }

/** Receives {@link OutboxEvent}s. Its errors are ignored: watching a logout must not break it. */
export type OnOutboxEvent = (event: OutboxEvent) => void
