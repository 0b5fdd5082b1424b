/** The crash test in its full form: `pnpm --filter @backend-logout/tests-revocations run crash:full`. Takes minutes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { seeded } from '@backend-logout/tests-outbox/seeded'
import { type CrashResult, crashRounds } from '../src/crash.ts'

const rounds = Number(process.argv[2] ?? 30)
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))
const results: Record<string, CrashResult> = {}

console.log(`Seed ${seed}.`)
{
  await using server = await startPostgres()
  results.Postgres = await crashRounds(await server.database('crash'), true, rounds, seeded(seed))
}
const folder = await mkdtemp(join(tmpdir(), 'revocations-crash-'))
results.folder = await crashRounds(folder, false, rounds, seeded(seed))
await rm(folder, { recursive: true, force: true })

console.table(results)
const isBad = ({ acknowledged, lost, wronglyValid }: CrashResult): boolean =>
  lost > 0 || wronglyValid > 0 || acknowledged === 0
if (Object.values(results).some(isBad)) process.exitCode = 1
