import { parseStore, type StoreLocation } from '@backend-logout/private-store'
import { refuse } from '../errors.ts'
import { refuseOthers } from '../option-names.ts'
import { MAX_ENTRIES } from '../page.ts'
import type { OnRevocationLogEvent } from './events.ts'

/** A Postgres server, for any number of processes and machines. */
export interface PostgresOptions {
  /**
   * Its address, as libpq accepts it: `postgres://user:password@host/database`, or `host=… user=… dbname=…`. It may
   * have several hosts, which are tried in turn; with `target_session_attrs=read-write`, only one that accepts writes
   * is used.
   * @see {@link https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING | libpq: connection strings}
   */
  readonly postgres: string | URL
  /**
   * The schema of the tables. It is created if it is missing.
   * @default 'backend_logout_revocations'
   */
  readonly schema?: string | undefined
  /**
   * Maximum number of connections that this process opens, in addition to one that listens.
   * @default 10
   */
  readonly maxConnections?: number | undefined
  /** TLS settings, as the `ssl` option of `pg`; `sslmode` in the address works as well. */
  readonly ssl?: boolean | object | undefined
}

/**
 * Storage of entries: a folder, for one process; a Postgres server, by its address or with further options; or memory, which is gone with the process.
 */
export type RevocationStore =
  | string
  | { readonly folder: string | URL }
  | PostgresOptions
  /** Lost at the end of the process. */
  | { readonly memory: true }

/** Options of {@link openRevocationLog}. */
export interface RevocationLogOptions {
  /** The place where the log is stored: a folder, a Postgres server, or memory for tests. */
  readonly store: RevocationStore
  /**
   * Time limit of `append()`, in milliseconds. While the database cannot be reached, such as during its restart, it
   * retries within this time. With 0, it tries once.
   * @default 5_000
   */
  readonly appendTimeoutMs?: number | undefined
  /**
   * Maximum number of entries in a page of the feed, 1 to 10 000.
   * @default 10_000
   */
  readonly pageEntries?: number | undefined
  /** Receives events, for logs, metrics and alerts. */
  readonly onEvent?: OnRevocationLogEvent | undefined
}

/** Checked {@link RevocationLogOptions}. */
export interface ResolvedLogOptions {
  readonly store: StoreLocation
  readonly appendTimeoutMs: number
  readonly pageEntries: number
  readonly onEvent: OnRevocationLogEvent | undefined
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws RevocationError `invalid_options`
 */
export function resolveLogOptions(options: RevocationLogOptions): ResolvedLogOptions {
  if (typeof options !== 'object' || options === null) refuse('Options must be an object.')
  const { store, appendTimeoutMs = 5_000, pageEntries = MAX_ENTRIES, onEvent, ...others } = options
  refuseOthers(others, 'store, appendTimeoutMs, pageEntries, onEvent')
  if (!(appendTimeoutMs >= 0 && appendTimeoutMs <= 86_400_000)) refuse('appendTimeoutMs must be 0 to 86400000 ms.')
  if (!(Number.isInteger(pageEntries) && pageEntries >= 1 && pageEntries <= MAX_ENTRIES)) {
    refuse(`pageEntries must be a whole number from 1 to ${MAX_ENTRIES}.`)
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent must be a function.')
  return { store: resolveStore(store), appendTimeoutMs, pageEntries, onEvent }
}

function resolveStore(store: unknown): StoreLocation {
  const location = parseStore(store, 1)
  if ('problem' in location) return refuse(location.problem)
  if (typeof store === 'object') {
    const { memory, folder, postgres, ...others } = store as Record<string, unknown>
    // A setting of Postgres has no meaning for a folder.
    if (postgres === undefined) refuseOthers(others, 'folder or memory')
    const { schema, maxConnections, ssl, ...unknown } = others
    refuseOthers(unknown, 'postgres, schema, maxConnections, ssl')
  }
  return location
}
