import { emit, type LogoutErrorCode } from '@backend-logout/core'

/** Why a token was not revoked: a code of `@backend-logout/core`, or one of the outbox itself. */
export type FailureCode = LogoutErrorCode | 'unknown_key' | 'undecryptable'

/** What every {@link OutboxEvent} about one logout says. */
export interface EntryEvent {
  /** What {@link Outbox.add} resolved to; after {@link Outbox.retry} an entry has a new one. */
  readonly id: string
  /** Fingerprints of the tokens that it is about, as `fingerprintToken` of `@backend-logout/core` makes them. */
  readonly tokens: readonly string[]
}

/**
 * What happens in an outbox, for logs, metrics and traces. No event holds a secret.
 *
 * - `added`: so many logouts became durable; not told of those in a transaction of the application.
 * - `revoked`: every token of a logout was revoked. `waitedMs` is the time since it was added.
 * - `expired`: what was left of a logout is dead by itself, before it could be revoked.
 * - `retry`: a logout could not be finished now, and will be tried again.
 * - `dead`: a logout cannot succeed as things are; it is among the dead letters.
 * - `paused`, `resumed`: the provider asked for a pause or does not answer; it answers again.
 * - `store_made_private`: the store's folder was open to other users of the machine, and is not any more. Whoever could
 *   change it may have prepared what it holds.
 * - `store_error`: the database could not be reached or refused; the outbox goes on trying.
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
  | { readonly type: 'store_error'; readonly message: string }

/** Receives {@link OutboxEvent}s. What it throws is dropped: watching a logout must not break it. */
export type OnOutboxEvent = (event: OutboxEvent) => void

/** Makes a function that tells whoever watches, and never fails. */
export function teller(onEvent: OnOutboxEvent | undefined): OnOutboxEvent {
  return (event) => emit(onEvent, event)
}
