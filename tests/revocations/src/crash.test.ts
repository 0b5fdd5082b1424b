import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { seeded } from '@backend-logout/tests-outbox/seeded'
import { expect, test } from 'vitest'
import { type CrashResult, crashRounds } from './crash.ts'

/** The full thirty are `pnpm --filter @backend-logout/tests-revocations run crash:full`. */
const ROUNDS = 4
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))

function judge({ acknowledged, lost, asked, wronglyValid }: CrashResult): void {
  expect(acknowledged).toBeGreaterThan(0)
  expect(lost).toBe(0)
  expect(asked).toBeGreaterThan(0)
  expect(wronglyValid).toBe(0)
}

test(`every reader refuses every acknowledged entry, whichever process was killed, on Postgres (seed ${seed})`, async () => {
  await using server = await startPostgres()
  judge(await crashRounds(await server.database('crash'), true, ROUNDS, seeded(seed)))
})

test(`every reader refuses every acknowledged entry, whichever process was killed, in a folder (seed ${seed})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'revocations-crash-'))
  try {
    judge(await crashRounds(folder, false, ROUNDS, seeded(seed)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
