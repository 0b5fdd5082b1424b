import { fileURLToPath } from 'node:url'
import {
  isMistypedAddress,
  isPlainName,
  isPostgresAddress,
  type PostgresAddress,
  parsePostgresAddress,
} from '@backend-logout/private-store'
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
export interface ResolvedPostgres extends Omit<PostgresOptions, 'postgres'> {
  readonly kind: 'postgres'
  readonly address: PostgresAddress
}

/** A checked {@link OutboxStore}. */
export type ResolvedStore = { readonly kind: 'embedded'; readonly folder: string | undefined } | ResolvedPostgres

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
  if (typeof store === 'string' && isPostgresAddress(store)) return resolvePostgres({ postgres: store })
  if (typeof store === 'string' && store !== '') {
    if (isMistypedAddress(store)) {
      refuse(
        'invalid_options',
        'store must be the path of a folder, or a postgres:// address without quotes around it.',
      )
    }
    return { kind: 'embedded', folder: store }
  }
  if (typeof store === 'object' && store !== null) {
    const { memory, folder, postgres } = store as { memory?: unknown; folder?: unknown; postgres?: unknown }
    const given = [memory, folder, postgres].filter((value) => value !== undefined).length
    // A setting of Postgres has no meaning for a folder.
    const known = given !== 1 || postgres !== undefined ? STORE : { memory: true, folder: true }
    refuseUnknownOption(store, known, { of: 'store', hints: STORE_HINTS, code: 'invalid_options' })
    if (given === 1 && memory === true) return { kind: 'embedded', folder: undefined }
    if (given === 1 && folder !== undefined) return { kind: 'embedded', folder: pathOf(folder) }
    if (given === 1 && postgres !== undefined) return resolvePostgres(store as PostgresOptions)
  }
  return refuse(
    'invalid_options',
    'store must be the path of a folder, a postgres:// address, { folder }, { postgres, … } or { memory: true }.',
  )
}

function pathOf(folder: unknown): string {
  if (folder instanceof URL && folder.protocol === 'file:') return fileURLToPath(folder)
  if (typeof folder === 'string' && folder !== '') return folder
  return refuse('invalid_options', 'store.folder must be a path.')
}

function resolvePostgres(options: PostgresOptions): ResolvedStore {
  const { postgres, schema, maxConnections, ssl, synchronousCommit, readOnly } = options
  const address = parsePostgresAddress(String(postgres))
  if ('problem' in address) return refuse('invalid_options', `The postgres:// address in store ${address.problem}.`)
  if (schema !== undefined && !isPlainName(schema)) {
    refuse('invalid_options', 'store.schema must be a lower-case name of at most 50 characters.')
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections >= 2)) {
    refuse('invalid_options', 'store.maxConnections must be a whole number from 2 on.')
  }
  if (synchronousCommit !== undefined && !['remote_write', 'on', 'remote_apply'].includes(synchronousCommit)) {
    refuse('invalid_options', 'store.synchronousCommit must be remote_write, on or remote_apply.')
  }
  if (readOnly !== undefined && typeof readOnly !== 'boolean')
    refuse('invalid_options', 'store.readOnly must be true or false.')
  return { kind: 'postgres', address, schema, maxConnections, ssl, synchronousCommit, readOnly }
}
