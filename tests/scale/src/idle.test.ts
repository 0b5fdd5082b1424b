import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { startLimitedProvider, startWorker } from './fleet.ts'

const SECONDS = 20

test('an idle worker queries the database at most twice a second', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres({ settings: ['log_statement=all'] })
  await using _worker = await startWorker(provider, await postgres.database('idle'))
  // The tasks at the start are done by then.
  await sleep(8_000)
  const before = postgres.log().length
  await sleep(SECONDS * 1000)
  const log = postgres.log().slice(before)
  const statements = log.split(/LOG: {2}(?:statement|execute [^:]*): /).slice(1)
  const seen = statements.map((statement) => statement.replace(/\s+/g, ' ').slice(0, 80)).join('\n')
  expect(statements.length / SECONDS, seen).toBeGreaterThan(0.2)
  expect(statements.length / SECONDS, seen).toBeLessThanOrEqual(2)
})
