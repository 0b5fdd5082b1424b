import type { Socket } from 'node:net'
import pg from 'pg'
import type { PostgresAddress } from './postgres-address.ts'
import { repeatAfterConflict } from './repeat-after-conflict.ts'
import { cancel, inTime, query } from './timed-statement.ts'

/** Time limit for connecting to one host, in milliseconds. */
const CONNECT_MS = 5_000
/** Time limit for a statement without another one, in milliseconds. */
const MAINTENANCE_MS = 30_000
/** Time limit for a change of the schema, such as a new index on a large table, in milliseconds. */
const SCHEMA_CHANGE_MS = 600_000
const SCHEMA_CHANGE = /^\s*(?:BEGIN|CREATE|ALTER|DROP|REINDEX|ANALYZE|VACUUM)\b/i
/** A statement that consists of several transactions, so that a part of it has taken effect when it fails. */
const IN_PARTS = /\bCONCURRENTLY\b|^\s*VACUUM\b/i
/** A server that accepts no writes, such as a standby, or a primary that has become one. */
const READ_ONLY = '25006'

/** Runs statements, one at a time. */
export interface Database {
  /** Runs one statement. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** Options of a {@link PostgresDatabase}. */
export interface PostgresDatabaseOptions {
  /** Its name in the list of the server's connections, unless the address has one. */
  readonly applicationName: string
  readonly maxConnections: number
  /** TLS settings, as the `ssl` option of `pg`; those of the address by default. */
  readonly ssl?: boolean | object | undefined
}

/**
 * Connections to a Postgres server, or to the one of several that accepts writes.
 *
 * Every statement has a time limit, because a connection can break silently: through a firewall, a failover, or a
 * failed host. A statement that exceeds it is canceled, and its connection closed: a server's process that waits for a
 * lock does not notice a closed connection, and would remain, in addition to that of the next connection. If the server
 * does not answer, all idle connections are closed as well, because they may be in the same state.
 *
 * A statement or transaction that Postgres rolls back because of another one (a deadlock, or a serialization failure) is
 * repeated until its time limit is over, unless it consists of several transactions (`CONCURRENTLY`, `VACUUM`).
 *
 * @example
 * ```ts
 * import { parsePostgresAddress } from '@backend-logout/private-store'
 * import { PostgresDatabase } from '@backend-logout/private-store/postgres'
 *
 * const address = parsePostgresAddress('host=db-1,db-2 dbname=app target_session_attrs=read-write')
 * if ('problem' in address) throw new Error(`The address ${address.problem}.`)
 * const database = new PostgresDatabase(address, { applicationName: 'app', maxConnections: 4 })
 * const { rows } = await database.within(4_000).executeSql('SELECT 1 AS one')
 * await database.close()
 * ```
 */
export class PostgresDatabase implements Database {
  readonly #address: PostgresAddress
  readonly #pool: pg.Pool
  readonly #busy = new Set<pg.PoolClient>()
  readonly #all = new Set<pg.PoolClient>()
  /** Ends the wait of each call for a connection. */
  readonly #waiting = new Set<(error: Error) => void>()
  #host = 0

  constructor(address: PostgresAddress, { applicationName, maxConnections, ssl }: PostgresDatabaseOptions) {
    this.#address = address
    this.#pool = new pg.Pool({
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_MS,
      ...(address.config as pg.PoolConfig),
      ...(ssl !== undefined && { ssl }),
      max: maxConnections,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      onConnect: (client) => this.#checkHost(client),
    })
    // An idle connection that breaks is replaced when the next one is needed.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => this.#all.add(client))
    this.#pool.on('remove', (client) => this.#all.delete(client))
  }

  /** Runs a statement that is not urgent, such as one of pg-boss itself. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    return this.#run(text, values, SCHEMA_CHANGE.test(text) ? SCHEMA_CHANGE_MS : MAINTENANCE_MS)
  }

  /** Runs statements that may take `ms` milliseconds each. */
  within(ms: number): Database {
    return { executeSql: (text, values) => this.#run(text, values, ms) }
  }

  /** Runs statements, each in a separate transaction with that `synchronous_commit`. */
  committing(synchronousCommit: string, ms: number): Database {
    // Local to the transaction, so that it works through a pooler as well.
    const begin = `BEGIN; SET LOCAL synchronous_commit TO ${synchronousCommit}`
    return {
      executeSql: (text, values) => this.transaction((db) => db.executeSql(text, values), ms, begin),
    }
  }

  /**
   * Runs statements that take effect together, or not at all, each within `ms` milliseconds. After a conflict with
   * another transaction, the task runs again, until that time is over.
   */
  async transaction<T>(task: (db: Database) => Promise<T>, ms: number, begin = 'BEGIN'): Promise<T> {
    return repeatAfterConflict(ms, (leftMs) =>
      this.#withClient(async (client) => {
        await query(client, begin, undefined, leftMs)
        const result = await task({ executeSql: (text, values) => query(client, text, values, leftMs) })
        // If it fails before this, the connection is closed, and the server rolls back.
        await query(client, 'COMMIT', undefined, leftMs)
        return result
      }),
    )
  }

  /**
   * Listens on a channel, on one of the connections, until that breaks: then it rejects.
   *
   * @param notified Called for each NOTIFY, and once it listens, because earlier ones are not repeated.
   */
  listenOn(channel: string, notified: () => void): Promise<never> {
    return this.#withClient(async (client) => {
      const { promise: broken, reject } = Promise.withResolvers<never>()
      // It can break during LISTEN, before anything awaits this. Node.js would end the process.
      broken.catch(() => {})
      client.on('error', reject)
      client.on('notification', notified)
      await query(client, `LISTEN ${channel}`, undefined, CONNECT_MS)
      notified()
      return broken
    })
  }

  /** Closes every connection, including those that do not respond. */
  async close(): Promise<void> {
    const ended = this.#pool.end()
    for (const giveUp of this.#waiting) giveUp(closed())
    this.#waiting.clear()
    await Promise.all(Array.from(this.#busy, (client) => cancel(client)))
    for (const client of this.#busy) socketOf(client).destroy()
    await inTime(ended, 1_000)
    for (const client of this.#all) socketOf(client).destroy()
  }

  #run(text: string, values: unknown[] | undefined, ms: number): Promise<{ rows: unknown[] }> {
    const once = (leftMs: number): Promise<{ rows: unknown[] }> =>
      this.#withClient((client) => query(client, text, values, leftMs))
    return IN_PARTS.test(text) ? once(ms) : repeatAfterConflict(ms, once)
  }

  async #withClient<T>(task: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    if (this.#pool.ending) {
      client.release(true)
      throw closed()
    }
    let failure: Error | undefined
    // Without a listener, a connection that breaks now would end the process. The statement fails with the same error.
    const onError = (error: Error): void => {
      failure ??= error
    }
    client.on('error', onError)
    this.#busy.add(client)
    try {
      return await task(client)
    } catch (error) {
      failure = error as Error
      const { code } = error as { code?: unknown }
      if (code === READ_ONLY) this.#nextHost()
      if (code === READ_ONLY || code === 'ETIMEDOUT') this.#dropIdle()
      throw error
    } finally {
      this.#busy.delete(client)
      client.off('error', onError)
      client.release(failure)
    }
  }

  /** Connects to one of the hosts, beginning with the one that accepted the last connection. */
  async #connect(): Promise<pg.PoolClient> {
    for (let tried = 1; ; tried++) {
      Object.assign(this.#pool.options, this.#address.hosts[this.#host])
      try {
        return await this.#waitForConnection()
      } catch (error) {
        this.#nextHost()
        if (tried >= this.#address.hosts.length) throw error
      }
    }
  }

  /** The pool forgets those that wait for a connection when it ends. */
  #waitForConnection(): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      this.#pool
        .connect()
        .then((client) => (this.#waiting.has(reject) ? resolve(client) : client.release(true)), reject)
        .finally(() => this.#waiting.delete(reject))
    })
  }

  async #checkHost(client: pg.ClientBase): Promise<void> {
    if (!this.#address.readWrite) return
    const { rows } = await query(client, 'SHOW transaction_read_only', undefined, CONNECT_MS)
    if ((rows[0] as { transaction_read_only: string }).transaction_read_only === 'off') return
    throw Object.assign(new Error('The database accepts no writes.'), { code: READ_ONLY })
  }

  #nextHost(): void {
    this.#host = (this.#host + 1) % this.#address.hosts.length
  }

  #dropIdle(): void {
    for (const client of this.#all) if (!this.#busy.has(client)) socketOf(client).destroy()
  }
}

function closed(): Error {
  return new Error('The connection was closed.')
}

/** The pool itself does this for a connection that does not respond. */
function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}
