import { PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, READ_MS, SCHEMA, type Store } from './boss.ts'
import type { ResolvedPostgres } from './options.ts'
import { PostgresDatabase } from './postgres-database.ts'

/** Prepares a store on a Postgres server, which is connected when pg-boss starts. */
export function openPostgresStore({ address, schema = SCHEMA, maxConnections = 10, ssl }: ResolvedPostgres): Store {
  const database = new PostgresDatabase(address, { maxConnections, ssl })
  return {
    boss: new PgBoss({ ...BOSS_OPTIONS, schema, db: database }),
    schema,
    inserts: 4,
    within: (ms) => database.within(ms),
    transaction: (task) => database.transaction(task, READ_MS),
    close: () => database.close(),
  }
}
