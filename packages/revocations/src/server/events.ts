/**
 * Events of a log, for logs, metrics and alerts. No event names a token, a session, a user or an issuer.
 *
 * - `appended`: entries became durable. Not emitted for entries in the application's own transaction.
 * - `pruned`: entries had ended and were deleted.
 * - `store_made_private`: other users of the machine could read or change the folder until now.
 * - `store_error`: the database could not be reached or refused; the log keeps trying.
 */
export type RevocationLogEvent =
  | { readonly type: 'appended' | 'pruned'; readonly count: number }
  | { readonly type: 'store_error' | 'store_made_private'; readonly message: string }

/** Receives {@link RevocationLogEvent}s. Its errors are ignored: watching a log must not break it. */
export type OnRevocationLogEvent = (event: RevocationLogEvent) => void
