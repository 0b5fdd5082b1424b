import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresLocation } from '@backend-logout/private-store'
import { PostgresDatabase } from '@backend-logout/private-store/postgres'
import type { RevocationEntry } from '../entry.ts'
import { prepareSchema, SCHEMA } from './schema.ts'
import { SqlStore } from './sql-store.ts'
import type { LogStore, StorePage } from './store.ts'
import { storeError } from './store-error.ts'
import { inTransaction, type RevocationTransaction } from './transaction.ts'

/** Time limit for a statement, in milliseconds. */
const QUERY_MS = 15_000
/** Polling interval, in milliseconds, for entries without a notification. */
const POLL_MS = 1_000
/** Wait before listening again, in milliseconds. */
const RECONNECT_MS = 1_000

/** The parts of a {@link PostgresStore}. */
interface Parts {
  readonly database: PostgresDatabase
  readonly listener: PostgresDatabase
  readonly sql: SqlStore
  readonly channel: string
  readonly onError: (error: unknown) => void
}

/** Keeps entries on a Postgres server. */
export class PostgresStore implements LogStore {
  readonly appends = 4
  readonly pollMs: number = POLL_MS
  readonly #database: PostgresDatabase
  /** The connection that listens. */
  readonly #listener: PostgresDatabase
  readonly #sql: SqlStore
  readonly #channel: string
  readonly #onError: (error: unknown) => void
  readonly #closing = new AbortController()
  #hint: (() => void) | undefined
  #listening: Promise<void> | undefined

  private constructor({ database, listener, sql, channel, onError }: Parts) {
    this.#database = database
    this.#listener = listener
    this.#sql = sql
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
    options: PostgresLocation,
    pageEntries: number,
    onError: (error: unknown) => void,
  ): Promise<PostgresStore> {
    const { address, schema = SCHEMA, maxConnections = 10, ssl } = options
    const connections = { applicationName: 'backend-logout revocations', ssl }
    const database = new PostgresDatabase(address, { ...connections, maxConnections })
    try {
      const { executeSql: run } = database.within(QUERY_MS)
      const prepared = await prepareSchema(run, schema)
      const listener = new PostgresDatabase(address, { ...connections, maxConnections: 1 })
      const sql = new SqlStore(run, prepared, pageEntries)
      return new PostgresStore({ database, listener, sql, channel: prepared.channel, onError })
    } catch (error) {
      await database.close()
      throw storeError('Opening the revocation log', error)
    }
  }

  append(entries: readonly RevocationEntry[], ms: number): Promise<void> {
    return this.#sql.append(entries, this.#database.within(ms).executeSql)
  }

  appendInto(transaction: RevocationTransaction, entries: readonly RevocationEntry[]): Promise<void> {
    return this.#sql.append(entries, inTransaction(transaction))
  }

  read(after: string | undefined): Promise<StorePage> {
    // A process that only appends needs no connection to listen.
    if (after !== undefined) this.#listening ??= this.#listen()
    return this.#sql.read(after)
  }

  prune(): Promise<number> {
    return this.#sql.prune()
  }

  onHint(hint: () => void): void {
    this.#hint = hint
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#listener.close(), this.#database.close()])
  }

  /** Listens until the store is closed, and again whenever the connection breaks. Until then, it polls. */
  async #listen(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        await this.#listener.listenOn(this.#channel, () => this.#hint?.())
      } catch (error) {
        if (!signal.aborted) this.#onError(error)
      }
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => {})
    }
  }
}
