import { PgBoss } from 'pg-boss'
import { BOSS_OPTIONS, type Store } from './boss.ts'
import type { PostgresOptions } from './options.ts'

/** Prepares a store on a Postgres server; pg-boss connects when it is started. */
export function openPostgresStore({ postgres, backend, schema, maxConnections, ssl }: PostgresOptions): Store {
  const boss = new PgBoss({
    ...BOSS_OPTIONS,
    connectionString: String(postgres),
    application_name: 'backend-logout outbox',
    // Without it, an address that swallows packets would keep an add waiting for minutes.
    connectionTimeoutMillis: 5_000,
    max: maxConnections ?? 10,
    ...(backend && { backend }),
    ...(schema && { schema }),
    ...(ssl !== undefined && { ssl }),
  })
  return { boss, close: async () => {}, inserts: 4 }
}
