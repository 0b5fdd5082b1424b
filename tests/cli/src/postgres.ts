import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import type { TestProject } from 'vitest/node'

const DATABASES = ['outbox', 'foreign_text', 'arguments', 'revocations', 'fingerprints', 'sessions'] as const

declare module 'vitest' {
  interface ProvidedContext {
    /** The addresses of databases on a real Postgres server, one for each test file. They are empty at the start. */
    databases: Record<(typeof DATABASES)[number], string>
  }
}

/** Starts one Postgres server for all tests: an outbox in a folder takes seconds to open, which each command does. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server: PostgresServer = await startPostgres({ settings: ['fsync=off', 'max_connections=50'] })
  const addresses = await Promise.all(DATABASES.map(async (name) => [name, await server.database(name)]))
  provide('databases', Object.fromEntries(addresses))
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
