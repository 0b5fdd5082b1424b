/** The test with many workers in its full form: `pnpm --filter @backend-logout/tests-outbox run workers:full`. */
import { startPostgres } from '../src/postgres-server.ts'
import { table, writeResults } from '../src/results.ts'
import { startProvider } from '../src/scene.ts'
import { drainWith, type WorkersResult } from '../src/workers.ts'

const tokens = Number(process.argv[2] ?? 50_000)
const results: WorkersResult[] = []
for (const [count, delayMs] of [
  [tokens, 0],
  [tokens / 5, 50],
] as const) {
  for (const workers of [1, 2, 4]) {
    await using provider = await startProvider()
    await using postgres = await startPostgres()
    console.error(`${workers} workers, ${delayMs} ms …`)
    results.push(await drainWith(workers, count, provider, await postgres.database('workers'), delayMs))
  }
}

const head = ['provider takes (ms)', 'workers', 'logouts', 'still active', 'sent twice', 'per second', 'shares']
const rows = results.map(({ workers, tokens, delayMs, alive, duplicates, perSecond, shares }) => [
  delayMs,
  workers,
  tokens,
  alive,
  duplicates,
  perSecond,
  shares.join(', '),
])
const body = `Several processes drain one Postgres, each with 16 logouts in flight. The provider is the emulator, a real provider that
checks and deletes each token in a separate process, on the same machine as Postgres and the workers. Without a delay, the
provider is the bottleneck; with a delay, as over a network, more workers are faster.

${table(head, rows)}`
console.log(body)
writeResults('workers', 'Many workers', 'pnpm --filter @backend-logout/tests-outbox run workers:full', body)
if (results.some(({ alive }) => alive > 0)) process.exitCode = 1
