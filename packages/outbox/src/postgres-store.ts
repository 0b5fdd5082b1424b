import { PostgresDatabase } from '@backend-logout/private-store/postgres'
import { type Db, PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, READ_MS, SCHEMA, type Store } from './boss.ts'
import { withStandardStrings } from './standard-strings.ts'
import type { ResolvedPostgres } from './store-options.ts'

/** Prepares a store on a Postgres server, which is connected when pg-boss starts. */
export function openPostgresStore(options: ResolvedPostgres): Store {
  const { address, schema = SCHEMA, maxConnections = 10, ssl, synchronousCommit, readOnly } = options
  const database = new PostgresDatabase(address, { applicationName: 'backend-logout outbox', maxConnections, ssl })
  const db: Db = { executeSql: (text, values) => database.executeSql(withStandardStrings(text), values) }
  return {
    // The schema is created before if it is missing: `IF NOT EXISTS` requires the right to create one in any case.
    boss: new PgBoss({ ...BOSS_OPTIONS, schema, createSchema: false, db }),
    schema,
    kind: 'postgres',
    synchronousCommit,
    readOnly,
    inserts: 4,
    within: (ms) => database.within(ms),
    durably: (ms) => (synchronousCommit ? database.committing(synchronousCommit, ms) : database.within(ms)),
    transaction: (task) => database.transaction(task, READ_MS),
    close: () => database.close(),
  }
}
