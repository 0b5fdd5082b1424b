import { openRevocationLog, type RevocationLog, type RevocationLogEvent } from '@backend-logout/revocations/server'
import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'

/** A Postgres server. */
export let server: PostgresServer
let count = 0
/** Everything that is closed at the end of the test. */
export const open: AsyncDisposable[] = []
/** Starts the server for the tests of a file, and closes what each of them has opened. */
export function setUpLogs(): void {
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
  })
}

/** Creates a database, and returns its address. */
export const newDatabase = (): Promise<string> => server.database(`log_${++count}`)
/** Opens a log until the end of the test. */
export const openLog = async (store: string, onEvent?: (event: RevocationLogEvent) => void): Promise<RevocationLog> => {
  const log = await openRevocationLog({ store, ...(onEvent && { onEvent }) })
  open.push(log)
  return log
}
/** Connects to a database until the end of the test. */
export const connect = async (address: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: address })
  client.on('error', () => {})
  await client.connect()
  open.push({ [Symbol.asyncDispose]: () => client.end() })
  return client
}
