import { setTimeout as sleep } from 'node:timers/promises'
import { untilSettled } from '@backend-logout/tests-outbox/until-settled'
import { type Replication, startCluster } from './cluster.ts'
import { end, type LimitedProvider, openAdder, startWorker } from './fleet.ts'

/** The counts at one time. */
export interface Sample {
  /** Since the start, in seconds. */
  readonly at: number
  readonly acknowledged: number
  readonly revoked: number
}

/** The result of a run. */
export interface FailoverResult {
  readonly replication: Replication
  readonly rounds: number
  readonly acknowledged: number
  /** Acknowledged, and never sent to the provider. */
  readonly lost: number
  readonly rejected: number
  /** From the kill of the primary to the end of the promotion, to the next acknowledgment and the next revocation, in s. */
  readonly promotion: number
  readonly nextAdded: number
  readonly nextRevoked: number
  readonly samples: readonly Sample[]
  /** The times of the kills, in seconds. */
  readonly kills: readonly number[]
}

const WORKERS = 2
const ADDERS = 8

/** Kills the primary under load and promotes its standby, repeatedly. */
export async function failOverRounds(
  provider: LimitedProvider,
  replication: Replication,
  rounds: number,
): Promise<FailoverResult> {
  await provider.call('reset')
  await using cluster = await startCluster(replication)
  const store = cluster.address
  await using outbox = await openAdder(provider, store, { addTimeoutMs: 20_000 })
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(provider, store)))
  const acknowledged: string[] = []
  let [rejected, isOver, lastAddedAt] = [0, false, 0]
  const startedAt = performance.now()
  const seconds = (): number => (performance.now() - startedAt) / 1000
  const samples: Sample[] = []
  const kills: number[] = []
  const sampling = (async () => {
    while (!isOver) {
      samples.push({ at: seconds(), acknowledged: acknowledged.length, revoked: await provider.call('asked') })
      await sleep(250)
    }
  })()
  const adding = Array.from({ length: ADDERS }, async (_, adder) => {
    for (let index = 0; !isOver; index++) {
      const token = `${replication}-${adder}-${index}`
      try {
        await outbox.add({ accessToken: token })
        acknowledged.push(token)
        lastAddedAt = seconds()
      } catch {
        rejected++
      }
      await sleep(10)
    }
  })
  const [promotion, nextAdded, nextRevoked] = [[], [], []] as [number[], number[], number[]]
  try {
    for (let round = 0; round < rounds; round++) {
      await sleep(2_000 + Math.random() * 1_000)
      const killedAt = seconds()
      kills.push(killedAt)
      await cluster.failOver()
      promotion.push(seconds() - killedAt)
      const asked = await provider.call('asked')
      const promotedAt = seconds()
      while (lastAddedAt < promotedAt) await sleep(5)
      nextAdded.push(lastAddedAt - killedAt)
      while ((await provider.call('asked')) <= asked) await sleep(5)
      nextRevoked.push(seconds() - killedAt)
      await cluster.attach()
    }
    await sleep(2_000)
    isOver = true
    await Promise.all([...adding, sampling])
    await untilSettled(outbox)
    const firstAsked = await provider.call('firstAsked', acknowledged)
    const average = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length
    return {
      ...{ replication, rounds, acknowledged: acknowledged.length, rejected, samples, kills },
      lost: firstAsked.filter((at) => at === undefined).length,
      promotion: average(promotion),
      nextAdded: average(nextAdded),
      nextRevoked: average(nextRevoked),
    }
  } finally {
    isOver = true
    await end(workers)
  }
}
