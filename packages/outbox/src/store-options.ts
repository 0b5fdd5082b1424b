import { type PostgresLocation, parseStore } from '@backend-logout/private-store'
import { refuse } from './errors.ts'
import { refuseUnknownOption } from './option-names.ts'

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
   * The schema for the tables. It is created if it is missing. Logouts are bound to it: to rename it, let the workers
   * empty the outbox first.
   * @default 'backend_logout'
   */
  readonly schema?: string | undefined
  /**
   * Maximum number of connections that this process opens.
   * @default 10
   */
  readonly maxConnections?: number | undefined
  /**
   * The `synchronous_commit` of {@link Outbox.add}, whatever the server's own setting is. It resolves once a
   * synchronous standby has received the logout (`remote_write`), has flushed it to disk (`on`), or shows it to readers
   * (`remote_apply`). Without synchronous standbys, all three wait for the server's own disk.
   * @default the server's setting
   * @see {@link https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT | synchronous_commit}
   */
  readonly synchronousCommit?: 'remote_write' | 'on' | 'remote_apply' | undefined
  /**
   * Opens the store only for reading, such as a standby: {@link Outbox.stats} and {@link Outbox.deadLetters} work,
   * everything else is refused, and nothing is created.
   * @default false
   */
  readonly readOnly?: boolean | undefined
  /** TLS settings, as the `ssl` option of `pg`; `sslmode` in the address works as well. */
  readonly ssl?: boolean | object | undefined
}

/**
 * Storage of logouts: a folder, for one process; a Postgres server, by its address or with further options; or, for
 * tests, memory.
 */
export type OutboxStore =
  | string
  | { readonly folder: string | URL }
  | PostgresOptions
  /** Lost when the outbox closes. */
  | { readonly memory: true }

/** Checked {@link PostgresOptions}. */
export type ResolvedPostgres = PostgresLocation & Pick<PostgresOptions, 'synchronousCommit' | 'readOnly'>

/** A checked {@link OutboxStore}. */
export type ResolvedStore = { readonly kind: 'embedded'; readonly folder: string | undefined } | ResolvedPostgres

/** One may wait for the lock of another transaction, so a second one must be free for the rest. */
const LEAST_CONNECTIONS = 2
const STORE: Readonly<Record<keyof PostgresOptions | 'folder' | 'memory', true>> = {
  folder: true,
  postgres: true,
  memory: true,
  schema: true,
  maxConnections: true,
  synchronousCommit: true,
  readOnly: true,
  ssl: true,
}
const STORE_HINTS = {
  connectionString: 'use postgres',
  url: 'use postgres',
  path: 'use folder',
  max: 'use maxConnections',
  tls: 'use ssl',
}

/**
 * Checks the option `store`.
 *
 * @throws OutboxError `invalid_options`
 */
export function resolveStore(store: unknown): ResolvedStore {
  const location = parseStore(store, LEAST_CONNECTIONS)
  if (typeof store === 'object' && store !== null) {
    // A setting of Postgres has no meaning for a folder.
    const known = 'kind' in location && location.kind !== 'postgres' ? { memory: true, folder: true } : STORE
    refuseUnknownOption(store, known, { of: 'store', hints: STORE_HINTS, code: 'invalid_options' })
  }
  if ('problem' in location) return refuse('invalid_options', location.problem)
  if (location.kind === 'memory') return { kind: 'embedded', folder: undefined }
  if (location.kind === 'folder') return { kind: 'embedded', folder: location.folder }
  const { synchronousCommit, readOnly } = Object(store) as Partial<PostgresOptions>
  if (synchronousCommit !== undefined && !['remote_write', 'on', 'remote_apply'].includes(synchronousCommit)) {
    refuse('invalid_options', 'store.synchronousCommit must be remote_write, on or remote_apply.')
  }
  if (readOnly !== undefined && typeof readOnly !== 'boolean') {
    refuse('invalid_options', 'store.readOnly must be true or false.')
  }
  return { ...location, synchronousCommit, readOnly }
}
