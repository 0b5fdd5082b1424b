import { RevocationError } from '../errors.ts'

/**
 * A transaction that the application has begun, on the database of the log: a client of `pg`, or the result of one of
 * pg-boss's adapters for another library's transaction (`fromKysely`, `fromDrizzle`, `fromKnex`, `fromPrisma`).
 */
export type RevocationTransaction =
  | {
      /** Runs a statement in the transaction, as `pg` does. */
      query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
    }
  | {
      /** Runs a statement in the transaction, as the adapters of pg-boss do. */
      executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
    }

type ClientOfPg = Extract<RevocationTransaction, { query: unknown }>
type OfAdapter = Extract<RevocationTransaction, { executeSql: unknown }>

/** Runs one statement. */
export type RunStatement = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>

/**
 * Lets a statement run in the caller's transaction.
 *
 * @throws RevocationError `invalid_argument`
 */
export function inTransaction(transaction: RevocationTransaction): RunStatement {
  const { executeSql, query }: { executeSql?: unknown; query?: unknown } = Object(transaction)
  if (typeof executeSql === 'function') {
    return (text, values) => (transaction as OfAdapter).executeSql(text, values)
  }
  if (typeof query === 'function') return (text, values) => (transaction as ClientOfPg).query(text, values)
  throw new RevocationError('invalid_argument', 'transaction must be a client of pg, in a transaction.')
}
