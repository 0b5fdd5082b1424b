import { fileURLToPath } from 'node:url'
import type { LogoutClient } from '@backend-logout/core'
import { OutboxError } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'
import type { EncryptionKey } from './keyring.ts'

/** A Postgres server, for any number of processes and machines. */
export interface PostgresOptions {
  /** Its address, such as `postgres://user:password@host/database`. */
  readonly postgres: string | URL
  /**
   * What kind of server it is, in pg-boss's words, where it is not Postgres itself.
   * @default 'postgres'
   * @see {@link https://pgboss.io/database-backends | pg-boss: database backends}
   */
  readonly backend?: 'postgres' | 'cockroachdb' | 'yugabytedb' | 'citus' | undefined
  /**
   * The schema that holds the tables. It is created where it is missing.
   * @default 'backend_logout'
   */
  readonly schema?: string | undefined
  /**
   * How many connections this process may open.
   * @default 10
   */
  readonly maxConnections?: number | undefined
  /** TLS settings, as the `ssl` option of `pg`; `sslmode` in the address does too. */
  readonly ssl?: boolean | object | undefined
}

/**
 * Where logouts are kept: a folder, for one process; a Postgres server, by its `postgres://` address or with further
 * options; or, for tests, memory that is gone when the outbox closes.
 */
export type OutboxStore =
  | string
  | { readonly folder: string | URL }
  | PostgresOptions
  /** Keeps nothing over the end of the process. */
  | { readonly memory: true }

/** Options of {@link openOutbox}. */
export interface OutboxOptions {
  readonly store: OutboxStore
  /**
   * Revokes the tokens: a client of `@backend-logout/core` or of a package that builds on it. Only {@link Outbox.work}
   * needs it; a process that just adds can do without.
   */
  readonly client?: Pick<LogoutClient, 'logout'> | undefined
  /**
   * What tokens are encrypted with. The first key writes, each of them reads; so a key is replaced by putting a new one
   * first, and taking the old one out when nothing written with it is left. May be left out only with a store in memory.
   */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined
  /**
   * How long a token is tried for that does not tell when it expires, in milliseconds, up to ten years.
   * @default 2_592_000_000 (30 days)
   */
  readonly maxAgeMs?: number | undefined
  /**
   * How often a logout may meet an answer that a mended configuration would change (the client is not accepted, the
   * endpoint is not there, a proxy answers in place of the provider) before it goes to the dead letters.
   * @default 3
   */
  readonly maxRefusals?: number | undefined
  /**
   * How long {@link Outbox.add} goes on trying while the database cannot be reached, in milliseconds, such as during its
   * restart.
   * @default 5_000
   */
  readonly addTimeoutMs?: number | undefined
  /** Is told what happens, for logs, metrics and traces. */
  readonly onEvent?: OnOutboxEvent | undefined
}

/** {@link OutboxStore}, after it was checked. */
export type ResolvedStore =
  | { readonly kind: 'embedded'; readonly folder: string | undefined }
  | ({ readonly kind: 'postgres' } & PostgresOptions)

/** {@link OutboxOptions}, after they were checked. */
export interface ResolvedOptions {
  readonly store: ResolvedStore
  readonly client: Pick<LogoutClient, 'logout'> | undefined
  readonly maxAgeMs: number
  readonly maxRefusals: number
  readonly addTimeoutMs: number
  readonly onEvent: OnOutboxEvent | undefined
}

const TEN_YEARS_MS = 315_360_000_000

/**
 * Checks the options and fills in the defaults.
 *
 * @throws OutboxError `invalid_options`
 */
export function resolveOptions(options: OutboxOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) refuse('Options must be an object.')
  const { client, maxAgeMs = 2_592_000_000, maxRefusals = 3, addTimeoutMs = 5_000, onEvent } = options
  const store = resolveStore(options.store)
  if (client !== undefined && typeof client?.logout !== 'function') refuse('client must be a logout client.')
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent must be a function.')
  if (!(maxAgeMs >= 1 && maxAgeMs <= TEN_YEARS_MS)) refuse('maxAgeMs must be 1 ms to ten years.')
  if (!(Number.isInteger(maxRefusals) && maxRefusals >= 1)) refuse('maxRefusals must be a whole number from 1 on.')
  if (!(addTimeoutMs >= 0 && addTimeoutMs <= 86_400_000)) refuse('addTimeoutMs must be 0 to 86400000 ms.')
  if (isEmpty(options.encryptionKeys) && !(store.kind === 'embedded' && store.folder === undefined)) {
    refuse(
      'encryptionKeys is needed: tokens are not stored in the clear. Only a store in memory, { memory: true }, does without.',
    )
  }
  return Object.freeze({ store, client, maxAgeMs, maxRefusals, addTimeoutMs, onEvent })
}

function isEmpty(keys: OutboxOptions['encryptionKeys']): boolean {
  return keys === undefined || (Array.isArray(keys) && keys.length === 0)
}

function resolveStore(store: unknown): ResolvedStore {
  if (typeof store === 'string' && /^postgres(ql)?:\/\//i.test(store)) return resolvePostgres({ postgres: store })
  // What looks like an address of something else would become a strange folder.
  if (typeof store === 'string' && store !== '' && !/^[a-z][a-z0-9+.-]+:\/\//i.test(store)) {
    return { kind: 'embedded', folder: store }
  }
  if (typeof store === 'object' && store !== null) {
    const { memory, folder, postgres } = store as { memory?: unknown; folder?: unknown; postgres?: unknown }
    const given = [memory, folder, postgres].filter((value) => value !== undefined).length
    if (given === 1 && memory === true) return { kind: 'embedded', folder: undefined }
    if (given === 1 && folder !== undefined) return { kind: 'embedded', folder: pathOf(folder) }
    if (given === 1 && postgres !== undefined) return resolvePostgres(store as PostgresOptions)
  }
  return refuse(
    'store must be the path of a folder, a postgres:// address, { folder }, { postgres, … } or { memory: true }.',
  )
}

function pathOf(folder: unknown): string {
  if (folder instanceof URL && folder.protocol === 'file:') return fileURLToPath(folder)
  if (typeof folder === 'string' && folder !== '') return folder
  return refuse('store.folder must be a path.')
}

function resolvePostgres(options: PostgresOptions): ResolvedStore {
  const { postgres, backend, schema, maxConnections, ssl } = options
  // Not the parser's own message: it would repeat the address, and the password in it.
  const url = URL.parse(String(postgres))
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) refuse('store.postgres must be a postgres:// address.')
  if (backend !== undefined && !['postgres', 'cockroachdb', 'yugabytedb', 'citus'].includes(backend)) {
    refuse("store.backend must be 'postgres', 'cockroachdb', 'yugabytedb' or 'citus'.")
  }
  if (schema !== undefined && !/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) {
    refuse('store.schema must be a lower-case name of at most 50 characters.')
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections >= 2)) {
    refuse('store.maxConnections must be a whole number from 2 on.')
  }
  return { kind: 'postgres', postgres, backend, schema, maxConnections, ssl }
}

function refuse(message: string): never {
  throw new OutboxError('invalid_options', message)
}
