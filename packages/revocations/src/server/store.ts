import type { RevocationEntry } from '../entry.ts'
import type { RevocationPage } from '../source.ts'
import type { RevocationTransaction } from './transaction.ts'

/** A page, and the end of the log. */
export interface StorePage {
  readonly page: RevocationPage
  /** The cursor after everything that was there when the page was read. */
  readonly head: string
}

/** Storage of entries. */
export interface LogStore {
  /** The maximum number of appends in progress at the same time. */
  readonly appends: number
  /**
   * The interval at which entries of other processes are read, in milliseconds; `undefined` without other processes.
   */
  readonly pollMs: number | undefined
  /** Stores entries, within `ms` milliseconds. They are durable when it resolves. Memory and a folder have no limit. */
  append(entries: readonly RevocationEntry[], ms: number): Promise<void>
  /** Stores entries in a transaction of the application; `undefined` if there is no server to have one with. */
  readonly appendInto?: (transaction: RevocationTransaction, entries: readonly RevocationEntry[]) => Promise<void>
  /**
   * Reads the entries after a cursor, or a snapshot.
   *
   * @throws RevocationError `cursor_gone`, `store_unavailable`
   */
  read(after: string | undefined): Promise<StorePage>
  /** Deletes ended entries, and returns their number. */
  prune(): Promise<number>
  /** Calls a function when others may have appended something. It is a hint, and can be missed. */
  onHint(hint: () => void): void
  close(): Promise<void>
}

/** The time for which an entry is kept beyond its end, in seconds: longer than any reader keeps it. */
export const KEPT_BEYOND_END_S = 3_600
