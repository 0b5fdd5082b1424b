import pg from 'pg'
import type { RevocationEntry } from '../entry.ts'
import type { PostgresOptions } from './options.ts'
import { prepareSchema, SCHEMA } from './schema.ts'
import { SqlStore } from './sql-store.ts'
import type { LogStore, StorePage } from './store.ts'
import { storeError } from './store-error.ts'
import { inTransaction, type RevocationTransaction } from './transaction.ts'

/** Time limit for a connection, in milliseconds. */
const CONNECT_MS = 5_000
/** Time limit for a statement, in milliseconds. */
const QUERY_MS = 15_000
/** Polling interval, in milliseconds, for entries without a notification. */
const POLL_MS = 1_000
/** Wait before listening again, in milliseconds. */
const RECONNECT_MS = 1_000

/** Keeps entries on a Postgres server. */
export class PostgresStore implements LogStore {
  readonly appends = 4
  readonly pollMs: number = POLL_MS
  readonly #pool: pg.Pool
  readonly #sql: SqlStore
  readonly #connection: pg.ClientConfig
  readonly #channel: string
  readonly #onError: (error: unknown) => void
  #hint: (() => void) | undefined
  #listener: pg.Client | undefined
  #reconnecting: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  private constructor(
    ...[pool, sql, connection, channel, onError]: [pg.Pool, SqlStore, pg.ClientConfig, string, (error: unknown) => void]
  ) {
    this.#pool = pool
    this.#sql = sql
    this.#connection = connection
    this.#channel = channel
    this.#onError = onError
  }

  /**
   * Connects, and creates missing tables.
   *
   * @param onError Receives failures in the background.
   * @throws RevocationError `store_unavailable`
   */
  static async open(
    options: PostgresOptions,
    pageEntries: number,
    onError: (error: unknown) => void,
  ): Promise<PostgresStore> {
    const { postgres, schema = SCHEMA, maxConnections = 10, ssl } = options
    const connection: pg.ClientConfig = {
      connectionString: String(postgres),
      application_name: 'backend-logout revocations',
      // Without these, an address that swallows packets would keep every caller waiting for minutes.
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      keepAlive: true,
      ...(ssl !== undefined && { ssl: ssl as boolean }),
    }
    let pool: pg.Pool | undefined
    try {
      const opened = new pg.Pool({ ...connection, max: maxConnections })
      pool = opened
      // A connection that breaks while it is idle.
      opened.on('error', onError)
      const run = (text: string, values: unknown[]): Promise<{ rows: unknown[] }> => opened.query(text, values)
      const prepared = await prepareSchema(run, schema)
      return new PostgresStore(opened, new SqlStore(run, prepared, pageEntries), connection, prepared.channel, onError)
    } catch (error) {
      await pool?.end().catch(() => {})
      throw storeError('Opening the revocation log', error)
    }
  }

  append(entries: readonly RevocationEntry[], transaction?: RevocationTransaction): Promise<void> {
    return this.#sql.append(entries, transaction && inTransaction(transaction))
  }

  read(after: string | undefined): Promise<StorePage> {
    // A process that only appends needs no connection to listen.
    if (after !== undefined) this.#listen()
    return this.#sql.read(after)
  }

  prune(): Promise<number> {
    return this.#sql.prune()
  }

  onHint(hint: () => void): void {
    this.#hint = hint
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#reconnecting)
    await Promise.all([this.#listener?.end().catch(() => {}), this.#pool.end()])
  }

  /** Listens on a separate connection, and keeps trying if it breaks. Until then, it polls. */
  #listen(): void {
    if (this.#listener || this.#isClosed) return
    const listener = new pg.Client({ ...this.#connection, query_timeout: 0 })
    this.#listener = listener
    const fail = (error: unknown): void => {
      if (this.#listener !== listener || this.#isClosed) return
      this.#onError(error)
      listener.end().catch(() => {})
      this.#reconnecting = setTimeout(() => {
        this.#listener = undefined
        this.#listen()
      }, RECONNECT_MS)
    }
    listener.on('error', fail)
    listener.on('end', () => fail(new Error('the connection ended')))
    listener.on('notification', () => this.#hint?.())
    listener
      .connect()
      .then(() => listener.query(`LISTEN ${this.#channel}`))
      // Earlier notifications are not repeated.
      .then(() => this.#hint?.())
      .catch(fail)
  }
}
