import { setTimeout as sleep } from 'node:timers/promises'
import { followRevocations, type RevocationEntry } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { expect, test } from 'vitest'
import { type Replication, startCluster } from './cluster.ts'

const iss = 'https://id.example.com'
const seconds = (): number => Math.floor(Date.now() / 1000)

interface Result {
  readonly acknowledged: number
  /**
   * The tokens that the reader does not refuse: of all entries, and of those that the last primary has acknowledged.
   */
  readonly unknown: string[]
  readonly unknownAfterwards: string[]
  /** The number of times that the reader started over. */
  readonly snapshots: number
}

/** Appends to a log through failovers, with a reader that follows it. */
async function failOver(replication: Replication, rounds: number): Promise<Result> {
  await using cluster = await startCluster(replication)
  await using log = await openRevocationLog({ store: cluster.address })
  let snapshots = 0
  await using list = followRevocations({
    source: log,
    maxStalenessMs: 5_000,
    onEvent: ({ type }) => {
      if (type === 'snapshot') snapshots++
    },
  })
  await list.ready
  const acknowledged: string[] = []
  let [isOver, promotedAt] = [false, 0]
  const appending = Array.from({ length: 4 }, async (_, appender) => {
    for (let index = 0; !isOver; index++) {
      const jti = `${appender}-${index}`
      const entry: RevocationEntry = { iss, jti, until: seconds() + 3600 }
      try {
        await log.append(entry)
        acknowledged.push(jti)
      } catch {
        await sleep(50)
      }
      await sleep(5)
    }
  })
  for (let round = 0; round < rounds; round++) {
    await sleep(1_500)
    await cluster.failOver()
    promotedAt = acknowledged.length
    while (acknowledged.length < promotedAt + 20) await sleep(20)
    await cluster.attach()
  }
  isOver = true
  await Promise.all(appending)
  const refuses = (jti: string): boolean => list.check({ iss, jti, iat: seconds() }) === 'revoked'
  const afterwards = acknowledged.slice(promotedAt)
  const giveUpAt = performance.now() + 20_000
  while (!afterwards.every(refuses) && performance.now() < giveUpAt) await sleep(100)
  await sleep(1_000)
  const unknown = (jti: string): boolean => !refuses(jti)
  return {
    acknowledged: acknowledged.length,
    unknown: acknowledged.filter(unknown),
    unknownAfterwards: afterwards.filter(unknown),
    snapshots,
  }
}

test('a reader refuses every token whose entry was acknowledged, after each failover to a synchronous standby', async () => {
  const { acknowledged, unknown } = await failOver('synchronous', 2)
  expect(acknowledged).toBeGreaterThan(40)
  expect(unknown).toEqual([])
})

test('a reader that was ahead of the new primary detects that, and misses nothing that is appended there', async () => {
  // The log loses the entries that an asynchronous standby had not received; the reader still has the entries that it
  // had read.
  const { acknowledged, unknownAfterwards, snapshots } = await failOver('asynchronous', 2)
  expect(acknowledged).toBeGreaterThan(40)
  // One at the start, and one after each failover.
  expect(snapshots).toBe(3)
  expect(unknownAfterwards).toEqual([])
})
