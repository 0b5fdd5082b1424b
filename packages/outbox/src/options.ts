import { fileURLToPath } from 'node:url'
import { findUnknownOption, type LogoutClient } from '@backend-logout/core'
import { OutboxError } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'
import { createFingerprint } from './fingerprint.ts'
import type { EncryptionKey } from './keyring.ts'
import { isPostgresAddress, type PostgresAddress, parsePostgresAddress } from './postgres-address.ts'
import type { OutboxRevocations } from './revocation-list.ts'

/** A Postgres server, for any number of processes and machines. */
export interface PostgresOptions {
  /**
   * Its address, as libpq takes it: `postgres://user:password@host/database`, or `host=… user=… dbname=…`. It may have
   * several hosts, which are tried in turn; with `target_session_attrs=read-write`, only one that accepts writes is used.
   * @see {@link https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING | libpq: connection strings}
   */
  readonly postgres: string | URL
  /**
   * The schema for the tables. It is created where it is missing. Logouts are bound to it: to rename it, let the workers
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
   * What {@link Outbox.add} waits for before it resolves, whatever the server's own setting is: that a synchronous standby
   * has received the logout (`remote_write`), has flushed it to disk (`on`), or shows it to readers (`remote_apply`).
   * Without synchronous standbys, all three wait for the server's own disk.
   * @default the server's setting
   * @see {@link https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT | synchronous_commit}
   */
  readonly synchronousCommit?: 'remote_write' | 'on' | 'remote_apply' | undefined
  /**
   * Whether to only read, such as from a standby: {@link Outbox.stats} and {@link Outbox.deadLetters} work, everything else
   * is refused, and nothing is created.
   * @default false
   */
  readonly readOnly?: boolean | undefined
  /** TLS settings, as the `ssl` option of `pg`; `sslmode` in the address does too. */
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
  /** Is lost when the outbox closes. */
  | { readonly memory: true }

/** Options of {@link openOutbox}. */
export interface OutboxOptions {
  readonly store: OutboxStore
  /**
   * Revokes the tokens: a client of `@backend-logout/core` or of a package that builds on it. Only {@link Outbox.work}
   * requires it.
   */
  readonly client?: (Pick<LogoutClient, 'logout'> & Partial<LogoutClient>) | undefined
  /**
   * Names the application and its provider, with up to 1000 characters. Logouts are bound to it when they are added: a
   * worker of another name does not send their tokens, and makes them dead letters (`other_provider`). Where several
   * providers share a database or keys, set it in processes that add without a `client`.
   * @default `appId` and `provider` of the client; without a client, logouts are not bound to a provider
   */
  readonly provider?: string | undefined
  /**
   * The revocation list that your services follow, such as the log of `@backend-logout/revocations`. Access tokens are
   * appended before a logout is stored, and in the same transaction where there is one, so that your services refuse them
   * before the provider is asked. If that fails, {@link Outbox.add} rejects.
   */
  readonly revocations?: OutboxRevocations | undefined
  /**
   * The keys for the tokens. The first key encrypts, and each of them decrypts. To replace a key, put a new one first, and
   * remove the old one when nothing encrypted with it is left. Required, except with a store in memory.
   */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined
  /**
   * Time limit for revoking a token whose expiry is unknown, in milliseconds, up to ten years.
   * @default 2_592_000_000 (30 days)
   */
  readonly maxAgeMs?: number | undefined
  /**
   * Maximum number of failures of a logout for a reason that a changed configuration would fix (the client is not accepted, the
   * endpoint is missing, a proxy answers instead of the provider, the key is missing) before it becomes a dead letter.
   * @default 3
   */
  readonly maxRefusals?: number | undefined
  /**
   * The longest that {@link Outbox.add} takes, in milliseconds. While the database cannot be reached, such as during its
   * restart, it retries for so long. With 0 it tries once.
   * @default 5_000
   */
  readonly addTimeoutMs?: number | undefined
  /**
   * Makes the fingerprints of tokens, which are stored in the clear and part of events, with this key of at least 16 bytes:
   * then only its owner can test guesses at short or predictable tokens, see `fingerprintToken` of `@backend-logout/core`.
   * @default none: the beginning of SHA-256
   */
  readonly fingerprintKey?: string | undefined
  /** Receives events, for logs, metrics and traces. */
  readonly onEvent?: OnOutboxEvent | undefined
}

/** Checked {@link PostgresOptions}. */
export interface ResolvedPostgres extends Omit<PostgresOptions, 'postgres'> {
  readonly kind: 'postgres'
  readonly address: PostgresAddress
}

/** A checked {@link OutboxStore}. */
export type ResolvedStore = { readonly kind: 'embedded'; readonly folder: string | undefined } | ResolvedPostgres

/** Checked {@link OutboxOptions}. */
export interface ResolvedOptions {
  readonly store: ResolvedStore
  readonly client: Pick<LogoutClient, 'logout'> | undefined
  readonly revocations: OutboxRevocations | undefined
  readonly provider: string | undefined
  readonly maxAgeMs: number
  readonly maxRefusals: number
  readonly addTimeoutMs: number
  readonly fingerprint: (token: string) => string
  readonly onEvent: OnOutboxEvent | undefined
}

/** The options; the compiler insists that none is missing. */
const NAMES: Readonly<Record<keyof OutboxOptions, true>> = {
  store: true,
  client: true,
  revocations: true,
  encryptionKeys: true,
  maxAgeMs: true,
  maxRefusals: true,
  addTimeoutMs: true,
  fingerprintKey: true,
  onEvent: true,
  provider: true,
}

const TEN_YEARS_MS = 315_360_000_000

/**
 * Checks the options and fills in the defaults.
 *
 * @throws OutboxError `invalid_options`
 */
export function resolveOptions(options: OutboxOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) refuse('Options must be an object.')
  const unknown = findUnknownOption(options, NAMES, { keys: 'use encryptionKeys', database: 'use store' })
  if (unknown) refuse(`${unknown.option} ${unknown.reason}`)
  const { client, revocations, maxAgeMs = 2_592_000_000, maxRefusals = 3, addTimeoutMs = 5_000, onEvent } = options
  const store = resolveStore(options.store)
  if (client !== undefined && typeof client?.logout !== 'function') refuse('client must be a logout client.')
  if (revocations !== undefined && typeof revocations?.append !== 'function') refuse('revocations must have append().')
  const provider = options.provider ?? providerOf(client)
  if (provider !== undefined && !(typeof provider === 'string' && /^.{1,1000}$/s.test(provider))) {
    refuse('provider must be a string of 1 to 1000 characters.')
  }
  const fingerprint = createFingerprint(options.fingerprintKey)
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent must be a function.')
  if (!(maxAgeMs >= 1 && maxAgeMs <= TEN_YEARS_MS)) refuse('maxAgeMs must be 1 ms to ten years.')
  if (!(Number.isInteger(maxRefusals) && maxRefusals >= 1)) refuse('maxRefusals must be a whole number from 1 on.')
  if (!(addTimeoutMs >= 0 && addTimeoutMs <= 86_400_000)) refuse('addTimeoutMs must be 0 to 86400000 ms.')
  if (isEmpty(options.encryptionKeys) && !(store.kind === 'embedded' && store.folder === undefined)) {
    refuse('encryptionKeys is required: tokens are never stored in the clear. Only { memory: true } may omit it.')
  }
  return Object.freeze({
    store,
    client,
    revocations,
    provider,
    maxAgeMs,
    maxRefusals,
    addTimeoutMs,
    fingerprint,
    onEvent,
  })
}

/** Another client than ours may not say for whom it is. */
function providerOf(client: OutboxOptions['client']): string | undefined {
  const { appId, provider } = client ?? {}
  return appId !== undefined && provider !== undefined ? `${appId} ${provider}` : undefined
}

function isEmpty(keys: OutboxOptions['encryptionKeys']): boolean {
  return keys === undefined || (Array.isArray(keys) && keys.length === 0)
}

function resolveStore(store: unknown): ResolvedStore {
  if (typeof store === 'string' && isPostgresAddress(store)) return resolvePostgres({ postgres: store })
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
  const { postgres, schema, maxConnections, ssl, synchronousCommit, readOnly } = options
  const address = parsePostgresAddress(String(postgres))
  if ('problem' in address) return refuse(`The postgres:// address in store ${address.problem}.`)
  if (schema !== undefined && !/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) {
    refuse('store.schema must be a lower-case name of at most 50 characters.')
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections >= 2)) {
    refuse('store.maxConnections must be a whole number from 2 on.')
  }
  if (synchronousCommit !== undefined && !['remote_write', 'on', 'remote_apply'].includes(synchronousCommit)) {
    refuse('store.synchronousCommit must be remote_write, on or remote_apply.')
  }
  if (readOnly !== undefined && typeof readOnly !== 'boolean') refuse('store.readOnly must be true or false.')
  return { kind: 'postgres', address, schema, maxConnections, ssl, synchronousCommit, readOnly }
}

function refuse(message: string): never {
  throw new OutboxError('invalid_options', message)
}
