import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a database of a real Postgres server. It is empty at the start. */
    database: string
    /** Another one, in which a test writes what nobody should. */
    hostileDatabase: string
  }
}

/** Starts one Postgres server for all tests: an outbox in a folder takes seconds to open, which each command does. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server: PostgresServer = await startPostgres({ settings: ['fsync=off', 'max_connections=50'] })
  provide('database', await server.database('outbox'))
  provide('hostileDatabase', await server.database('hostile'))
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
