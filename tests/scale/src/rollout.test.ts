import { setTimeout as sleep } from 'node:timers/promises'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { untilSettled } from '@backend-logout/tests-outbox/until-settled'
import { expect, test } from 'vitest'
import { end, type LimitedProvider, names, openAdder, startLimitedProvider, startWorker } from './fleet.ts'

const tokensOf = (prefix: string, count: number): string[] =>
  Array.from(names(prefix, count), ({ accessToken }) => accessToken)

async function untilAsked(provider: LimitedProvider, tokens: readonly string[]): Promise<void> {
  while ((await provider.call('firstAsked', tokens)).includes(undefined)) await sleep(50)
}

test.each([
  ['an update', true],
  ['a return to the earlier version', false],
])('in %s, workers of both versions work side by side, and no logout is lost', async (_, earlierFirst) => {
  await using provider = await startLimitedProvider()
  await using postgres = await startPostgres()
  const store = await postgres.database('rollout')
  await provider.call('limitTo', 'windows', 150)
  const errors: unknown[] = []
  const start = (earlier: boolean) =>
    startWorker(provider, store, { earlier, events: ['store_error', 'dead'] }, ({ event }) => {
      // A worker of the earlier version can conflict with itself, and ask for a turn while it closes. It reports both.
      const isHarmless = /deadlock detected$|^Asking for a turn/.test(event.type === 'store_error' ? event.message : '')
      if (!(earlier && isHarmless)) errors.push(event)
    })

  // One worker of the previous version, then one of each, one of which is killed, then only the new version.
  const before = await start(earlierFirst)
  const processes = [before]
  try {
    const added = [...tokensOf('before', 200)]
    await before.call('addMany', added)
    await untilAsked(provider, added.slice(0, 50))
    const after = await start(!earlierFirst)
    processes.push(after)
    for (const [index, worker] of [before, after].entries()) {
      const more = tokensOf(`both-${index}`, 400)
      await worker.call('addMany', more)
      added.push(...more)
    }
    await using adder = await openAdder(provider, store)
    await adder.add({ accessToken: 'user' })
    await untilAsked(provider, ['user'])
    const killed = await start(earlierFirst)
    processes.push(killed)
    await sleep(500)
    killed.kill('SIGKILL')
    before.kill('SIGTERM')
    expect(await before.ended, before.output()).toBe(0)
    await untilAsked(provider, added)
    expect((await untilSettled(adder)).dead).toBe(0)
    expect(errors).toEqual([])
    // The worker that starts after them has nothing to create, and nothing to repair.
    const [row] = await query<{ count: string }>(
      store,
      `SELECT count(*) AS count FROM backend_logout.job WHERE name = 'logouts'`,
    )
    expect(Number(row?.count)).toBe(0)
    after.kill('SIGTERM')
    expect(await after.ended, after.output()).toBe(0)
  } finally {
    await end(processes)
  }
})
