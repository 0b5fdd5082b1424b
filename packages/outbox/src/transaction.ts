import { OutboxError } from './errors.ts'

/**
 * A transaction that the application has begun, on the database of the outbox: a client of `pg`, or the result of one
 * of pg-boss's adapters for another library's transaction (`fromKysely`, `fromDrizzle`, `fromKnex`, `fromPrisma`).
 */
export type OutboxTransaction =
  | {
      /** Runs a statement in the transaction, as `pg` does. */
      query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
    }
  | {
      /** Runs a statement in the transaction, as the adapters of pg-boss do. */
      executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
    }

/** The transaction that pg-boss requires. Its own declarations do not compile for users who type-check libraries. */
type JoinedTransaction = Extract<OutboxTransaction, { executeSql: unknown }>
type ClientOfPg = Extract<OutboxTransaction, { query: unknown }>

/**
 * Lets pg-boss write in the caller's transaction.
 *
 * @throws OutboxError `invalid_argument`
 */
export function joinTransaction(
  transaction: OutboxTransaction,
  { kind }: { readonly kind: string },
): JoinedTransaction {
  if (kind !== 'postgres') {
    throw new OutboxError('invalid_argument', 'A transaction can be joined only with a Postgres store.')
  }
  const { executeSql, query }: { executeSql?: unknown; query?: unknown } = Object(transaction)
  if (typeof executeSql === 'function') return transaction as JoinedTransaction
  if (typeof query !== 'function') {
    throw new OutboxError('invalid_argument', 'transaction must be a client of pg, in a transaction.')
  }
  return { executeSql: (text, values) => (transaction as ClientOfPg).query(text, values) }
}
