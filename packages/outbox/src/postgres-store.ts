import { type Db, PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, SCHEMA, type Store } from './boss.ts'
import type { PostgresOptions } from './options.ts'

/** Prepares a store on a Postgres server; pg-boss connects when it is started. */
export function openPostgresStore({ postgres, schema = SCHEMA, maxConnections, ssl }: PostgresOptions): Store {
  const boss = new PgBoss({
    ...BOSS_OPTIONS,
    schema,
    connectionString: String(postgres),
    application_name: 'backend-logout outbox',
    // Without it, an address that swallows packets would keep an add waiting for minutes.
    connectionTimeoutMillis: 5_000,
    max: maxConnections ?? 10,
    ...(ssl !== undefined && { ssl }),
  })
  return {
    boss,
    schema,
    inserts: 4,
    async transaction(task) {
      const transaction = await boss.getDb().beginTransaction?.()
      if (!transaction) throw new Error('pg-boss has no transactions.')
      try {
        const result = await task(transaction.db as Db)
        await transaction.commit()
        return result
      } catch (error) {
        await transaction.rollback()
        throw error
      }
    },
    close: async () => {},
  }
}
