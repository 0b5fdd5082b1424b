import {
  isMistypedAddress,
  isPlainName,
  isPostgresAddress,
  type PostgresAddress,
  parsePostgresAddress,
} from '@backend-logout/private-store'
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

/** Checked {@link PostgresOptions}. */
export interface ResolvedPostgres extends Omit<PostgresOptions, 'postgres'> {
  readonly kind: 'postgres'
  readonly address: PostgresAddress
}

/** Checked {@link RevocationStore}. */
export type ResolvedStore =
  | { readonly kind: 'memory' }
  | { readonly kind: 'folder'; readonly folder: string | URL }
  | ResolvedPostgres

/** Checked {@link RevocationLogOptions}. */
export interface ResolvedLogOptions {
  readonly store: ResolvedStore
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

function resolveStore(store: unknown): ResolvedStore {
  if (typeof store === 'string' && isPostgresAddress(store)) return resolvePostgres({ postgres: store })
  if (typeof store === 'string' && store !== '') {
    if (isMistypedAddress(store)) {
      refuse('store must be the path of a folder, or a postgres:// address without quotes around it.')
    }
    return { kind: 'folder', folder: store }
  }
  if (typeof store === 'object' && store !== null) {
    const { memory, folder, postgres, ...others } = store as Record<string, unknown>
    const given = [memory, folder, postgres].filter((value) => value !== undefined).length
    // A setting of Postgres has no meaning for a folder.
    if (given === 1 && postgres === undefined) refuseOthers(others, 'folder or memory')
    if (given === 1 && memory === true) return { kind: 'memory' }
    if (given === 1 && folder !== undefined) return { kind: 'folder', folder: checkFolder(folder) }
    if (given === 1 && postgres !== undefined) return resolvePostgres(store as PostgresOptions)
  }
  return refuse(
    'store must be the path of a folder, a postgres:// address, { folder }, { postgres, … } or { memory: true }.',
  )
}

function checkFolder(folder: unknown): string | URL {
  if (folder instanceof URL && folder.protocol === 'file:') return folder
  return typeof folder === 'string' && folder !== '' ? folder : refuse('store.folder must be a path.')
}

function resolvePostgres(options: PostgresOptions): ResolvedStore {
  const {
    postgres,
    schema,
    maxConnections,
    ssl,
    folder: _folder,
    memory: _memory,
    ...others
  } = options as PostgresOptions & Record<string, unknown>
  refuseOthers(others, 'postgres, schema, maxConnections, ssl')
  const address = parsePostgresAddress(String(postgres))
  if ('problem' in address) return refuse(`The postgres:// address in store ${address.problem}.`)
  if (schema !== undefined && !isPlainName(schema)) {
    refuse('store.schema must be a lower-case name of at most 50 characters.')
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections >= 1)) {
    refuse('store.maxConnections must be a whole number from 1 on.')
  }
  return { kind: 'postgres', address, schema, maxConnections, ssl }
}
