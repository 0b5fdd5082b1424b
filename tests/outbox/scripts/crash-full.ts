/** The crash test in its full form: `pnpm --filter @backend-logout/tests-outbox run crash:full`. Takes minutes. */
import { type CrashResult, crashRounds } from '../src/crash.ts'
import { startPostgres } from '../src/postgres-server.ts'
import { table, writeResults } from '../src/results.ts'
import { startProvider, temporaryFolder } from '../src/scene.ts'
import { seeded } from '../src/seeded.ts'

const rounds = Number(process.argv[2] ?? 30)
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))
const results: [string, CrashResult][] = []

console.error(`Seed ${seed}.`)
{
  await using provider = await startProvider()
  await using folder = await temporaryFolder()
  results.push(['a folder (PGlite)', await crashRounds(provider, folder.path, rounds, seeded(seed))])
}
{
  await using provider = await startProvider()
  await using postgres = await startPostgres()
  results.push(['Postgres', await crashRounds(provider, await postgres.database('crash'), rounds, seeded(seed))])
}

const head = ['store', 'kills', 'acknowledged', 'lost', 'completed before the last kill', 'sent twice', 'recovery (s)']
const rows = results.map(([store, result]) => [
  store,
  result.rounds,
  result.acknowledged,
  result.lost,
  result.doneBefore,
  result.duplicates,
  result.recoverySeconds,
])
const body = `A process adds logouts, 16 at a time, and revokes them, 8 at a time. The process is killed with SIGKILL at a random moment and
restarted on the same store: of four kills, two happen while it adds and works, one while it only works, and one while it
opens the store. At the end, one process finishes, and every acknowledged logout is checked at the provider. Recovery is
the time from the start of that process to an empty outbox; on Postgres, the claims of a killed process are released after
10 to 15 seconds. Seed ${seed}.

${table(head, rows)}`
console.log(body)
writeResults('crash', 'Repeated crashes', 'pnpm --filter @backend-logout/tests-outbox run crash:full', body)
if (results.some(([, { lost, acknowledged }]) => lost > 0 || acknowledged === 0)) process.exitCode = 1
