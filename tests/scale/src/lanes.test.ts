import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { names, openAdder, startLimitedProvider, startWorker } from './fleet.ts'
import { addBesideBacklog } from './lanes.ts'

test('an interactive logout is served promptly next to a backlog, which gets its tenth', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('lanes')
  const size = { backlog: 20_000, workers: 4, seconds: 10, perSecond: 20, limit: 250 }
  const result = await addBesideBacklog(provider, store, size)
  expect(result.added).toBeGreaterThan(50)
  // In the order of the backlog, it would take more than a minute. The full run measures more strictly.
  expect(result.p99).toBeLessThanOrEqual(15_000)
  expect(result.backlogShare).toBeGreaterThan(0.1)
})

test('a user who logs out during a pause goes first after it', async () => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('pause')
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('backlog', 3_000))
  await provider.call('limitTo', 'windows', 100)
  const paused = Promise.withResolvers<void>()
  await using _worker = await startWorker(provider, store, { events: ['paused'] }, () => paused.resolve())
  await paused.promise
  await adder.add({ accessToken: 'user' })
  const addedAt = Date.now()
  let askedAt: number | undefined
  while (askedAt === undefined) {
    await sleep(50)
    ;[askedAt] = await provider.call('firstAsked', ['user'])
  }
  const backlog = Array.from(names('backlog', 3_000), ({ accessToken }) => accessToken)
  const before = (await provider.call('firstAsked', backlog)).filter((at = 0) => at > addedAt && at < (askedAt ?? 0))
  // One start in eight is of the backlog, and the clocks of two processes are compared.
  expect(before.length).toBeLessThanOrEqual(2)
})
