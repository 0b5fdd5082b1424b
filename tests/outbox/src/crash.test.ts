import { expect, inject, test } from 'vitest'
import { crashRounds } from './crash.ts'
import { startPostgres } from './postgres-server.ts'
import { startProvider, temporaryFolder } from './scene.ts'
import { seeded } from './seeded.ts'

const ROUNDS = 6
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`no logout that was acknowledged is lost when the process is killed, in a folder (seed ${seed})`, async () => {
  await using provider = await startProvider('opaque')
  await using folder = await temporaryFolder(inject('template'))
  const result = await crashRounds(provider, folder.path, ROUNDS, seeded(seed))
  expect(result.acknowledged).toBeGreaterThan(0)
  expect(result.lost).toBe(0)
})

test(`no logout that was acknowledged is lost when the process is killed, on Postgres (seed ${seed})`, async () => {
  await using provider = await startProvider('opaque')
  await using postgres = await startPostgres()
  const result = await crashRounds(provider, await postgres.database('crash'), ROUNDS, seeded(seed))
  expect(result.acknowledged).toBeGreaterThan(0)
  expect(result.lost).toBe(0)
})
