import type { RevocationErrorCode } from './errors.ts'

/**
 * Events of a list, for logs, metrics and alerts. No event names a token, a session, a user or an issuer.
 *
 * - `snapshot`: the whole list was read.
 * - `updated`: new entries came.
 * - `failed`: reading failed; the list keeps its entries and tries again in `retryInMs`.
 * - `stale`: the list is older than `maxStalenessMs`; `check()` returns `stale` from now on.
 * - `fresh`: it is complete and recent, for the first time or again.
 */
export type RevocationListEvent =
  | {
      readonly type: 'snapshot' | 'updated'
      /** Number of entries received. */
      readonly received: number
      /** Number of entries in the list. */
      readonly entries: number
      /** From the first request on; most of the time of an update is waiting. */
      readonly durationMs: number
    }
  | {
      readonly type: 'failed'
      readonly code: RevocationErrorCode
      readonly message: string
      readonly status?: number | undefined
      readonly retryInMs: number
    }
  | { readonly type: 'stale' | 'fresh'; readonly ageMs: number }

/** Receives {@link RevocationListEvent}s. Its errors are ignored: watching a list must not break it. */
export type OnRevocationListEvent = (event: RevocationListEvent) => void

/** Calls a listener and contains its failures, even later ones. */
export function emit<Event extends object>(onEvent: ((event: Event) => void) | undefined, event: Event): void {
  try {
    // Typed as void, but an application can pass an async function. Its promise may be of any library or realm.
    Promise.resolve<unknown>(onEvent?.(Object.freeze(event))).catch(() => {})
  } catch {}
}
