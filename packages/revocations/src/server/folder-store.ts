import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openPrivateStore, type PrivateStore } from '@backend-logout/private-store'
import type { RevocationEntry } from '../entry.ts'
import { prepareSchema, SCHEMA } from './schema.ts'
import { SqlStore } from './sql-store.ts'
import type { LogStore, StorePage } from './store.ts'
import { storeError } from './store-error.ts'
import type { RunStatement } from './transaction.ts'

/** Keeps entries in a folder, in Postgres within this process. */
export class FolderStore implements LogStore {
  readonly appends = 1
  readonly pollMs = undefined
  readonly #database: PrivateStore
  readonly #sql: SqlStore
  #pruning: Promise<number> | undefined

  private constructor(database: PrivateStore, sql: SqlStore) {
    this.#database = database
    this.#sql = sql
  }

  /**
   * Opens the folder, and creates missing tables.
   *
   * @param onExposed Called if other users could read or change the folder until now.
   * @throws RevocationError `store_in_use`, `store_not_private`, `store_unavailable`
   */
  static async open(
    folder: string | URL,
    pageEntries: number,
    onExposed: (message: string) => void,
  ): Promise<FolderStore> {
    let database: PrivateStore | undefined
    try {
      const opened = await openPrivateStore(folder instanceof URL ? fileURLToPath(folder) : folder, { onExposed })
      database = opened
      const run: RunStatement = async (text, values) => {
        // Statements run in this thread and resolve without a turn of the event loop: a busy writer would block
        // everything else.
        await setImmediate()
        return opened.query(text, values)
      }
      return new FolderStore(opened, new SqlStore(run, await prepareSchema(run, SCHEMA), pageEntries))
    } catch (error) {
      await database?.close().catch(() => {})
      throw storeError('Opening the revocation log', error)
    }
  }

  append(entries: readonly RevocationEntry[]): Promise<void> {
    return this.#sql.append(entries)
  }

  read(after: string | undefined): Promise<StorePage> {
    return this.#sql.read(after)
  }

  prune(): Promise<number> {
    this.#pruning = this.#prune()
    return this.#pruning
  }

  onHint(): void {}

  async close(): Promise<void> {
    await this.#pruning?.catch(() => {})
    await this.#database.close()
  }

  async #prune(): Promise<number> {
    const count = await this.#sql.prune()
    // A server does this automatically.
    if (count > 0) await this.#database.exec(`VACUUM (ANALYZE) ${SCHEMA}.entry`)
    return count
  }
}
