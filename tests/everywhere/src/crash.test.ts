import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { createPostgresSessionIndex } from '@backend-logout/receiver'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { seeded } from '@backend-logout/tests-outbox/seeded'
import pg from 'pg'
import { expect, test } from 'vitest'
import { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'
import { crashRounds } from './crash.ts'
import type { ReceiverArguments } from './programs/receiver.ts'

/** One for each moment; `npm run test:long` has more. */
const ROUNDS = process.env.LONG ? 30 : 6
/** A round takes about 3 seconds on Postgres, and 8 if three PGlites start. */
const TIMEOUT_MS = ROUNDS * 40_000
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))

async function expectTruth(store: ReceiverArguments['store']): Promise<void> {
  await using issuer = await TestIssuer.start('ES256')
  await using provider = await startEmulator({ accessTokenFormat: 'opaque' })
  const { acknowledged, interrupted, faults } = await crashRounds(issuer, provider, store, ROUNDS, seeded(seed))
  expect(faults).toEqual([])
  // Neither all nor none: the kills happened between them.
  expect(acknowledged).toBeGreaterThan(0)
  expect(interrupted).toBeGreaterThan(0)
}

test(`every logout that got 200 stays complete after ${ROUNDS} kills, on Postgres (seed ${seed})`, {
  timeout: TIMEOUT_MS,
}, async () => {
  await using postgres = await startPostgres()
  await expectTruth({ postgres: await postgres.database('crash') })
})

test(`every logout that got 200 stays complete after ${ROUNDS} kills, in folders (seed ${seed})`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'receiver-crash-'))
  try {
    await expectTruth({ folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

/** Connections that the server ends with itself are expected. */
function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

test('a login and its logout that cross at two processes never leave a session', async () => {
  await using postgres = await startPostgres()
  const connectionString = await postgres.database('races')
  const pools = [openPool(connectionString), openPool(connectionString)] as const
  const live = new Set<string>()
  try {
    const [one, other] = pools.map((pool) => createPostgresSessionIndex({ pool, end: (id) => live.delete(id) }))
    const iss = 'https://id.example.com'
    await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const id = `session-${n}`
        live.add(id)
        const logIn = async (): Promise<void> => {
          if (!(await one?.add(id, { iss, sub: id, sid: id, iat: 100 }))) live.delete(id)
        }
        const logOut = async (): Promise<void> => {
          for (const found of (await other?.find({ iss, sid: id, at: 101 })) ?? []) await other?.end(found)
        }
        await Promise.all(n % 2 ? [logIn(), logOut()] : [logOut(), logIn()])
      }),
    )
    expect([...live]).toEqual([])
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
})
