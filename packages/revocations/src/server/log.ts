import type { RevocationEntry } from '../entry.ts'
import type { RevocationSource } from '../source.ts'
import type { RevocationTransaction } from './transaction.ts'

/** Options of {@link RevocationLog.append}. */
export interface AppendOptions {
  /**
   * A transaction of the application on the same database: the entries are stored when it commits, together with its
   * other changes. Only with a Postgres store.
   */
  readonly transaction?: RevocationTransaction | undefined
}

/** Keeps revocations until they have ended. Made by {@link openRevocationLog}. It is also a source for lists. */
export interface RevocationLog extends RevocationSource, AsyncDisposable {
  /**
   * Stores one entry or several. Resolves when they are durable, and not before. The same entry can be appended any
   * number of times.
   *
   * @throws RevocationError `invalid_argument`, `store_unavailable` or `closed`; then treat them as not stored
   */
  append(entries: RevocationEntry | Iterable<RevocationEntry>, options?: AppendOptions): Promise<void>

  /** Waits for pending writes, for up to 5 seconds, fails waiting readers, and closes the store. */
  close(): Promise<void>
}
