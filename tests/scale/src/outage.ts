import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent, OutboxStore } from '@backend-logout/outbox'
import { end, type LimitedProvider, names, openAdder, startWorker } from './fleet.ts'

/** The result of an outage of the provider. */
export interface OutageResult {
  readonly seconds: number
  readonly workers: number
  /** Requests while the provider was down, after the first second. */
  readonly probes: number
  /** From the provider's return to the first request that it admitted, in seconds. */
  readonly firstAfter: number
  /** Admitted per second before the outage. */
  readonly before: number
  /** From the provider's return until five seconds in a row had 80 % of that on average; infinite after a minute. */
  readonly regainedAfter: number
  /** The peak number of requests within one of the first ten seconds. */
  readonly most: number
  /** `paused` events of each worker during the outage. */
  readonly pausedEvents: number
}

/** Lets a provider fail that admits `perSecond` requests per second, while workers drain a backlog. */
export async function surviveOutage(
  provider: LimitedProvider,
  store: OutboxStore,
  { seconds, workers, perSecond = 200 }: { seconds: number; workers: number; perSecond?: number },
): Promise<OutageResult> {
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('token', perSecond * 60))
  await provider.call('limitTo', 'windows', perSecond)
  let [isDown, pausedEvents] = [false, 0]
  const onEvent = ({ event }: { event: OutboxEvent }): void => {
    if (isDown && event.type === 'paused') pausedEvents++
  }
  const processes = await Promise.all(
    Array.from({ length: workers }, () => startWorker(provider, store, { events: ['paused'] }, onEvent)),
  )
  const admitted = async (): Promise<number[]> => (await provider.call('seconds')).map((second) => second.admitted)
  try {
    await sleep(12_000)
    await provider.call('reset')
    await sleep(5_000)
    const before = sum((await admitted()).slice(0, 5)) / 5
    isDown = true
    await provider.call('down', true)
    await sleep(1_000)
    const asked = await provider.call('asked')
    await sleep(seconds * 1000)
    const probes = (await provider.call('asked')) - asked
    await provider.call('reset')
    await provider.call('down', false)
    isDown = false
    const backAt = performance.now()
    while (!(await admitted()).some((count) => count > 0)) await sleep(20)
    const firstAfter = (performance.now() - backAt) / 1000
    await sleep(Math.max(0, backAt + 10_000 - performance.now()))
    let regainedAfter = await regained(admitted, before * 0.8)
    while (regainedAfter === undefined && performance.now() < backAt + 60_000) {
      await sleep(1_000)
      regainedAfter = await regained(admitted, before * 0.8)
    }
    regainedAfter ??= Number.POSITIVE_INFINITY
    const most = Math.max(...(await admitted()).slice(0, 10))
    return { seconds, workers, probes, firstAfter, before, regainedAfter, most, pausedEvents: pausedEvents / workers }
  } finally {
    await end(processes)
  }
}

/** The first second of five whole ones with at least this average. */
async function regained(admitted: () => Promise<number[]>, average: number): Promise<number | undefined> {
  const whole = (await admitted()).slice(0, -1)
  const index = whole.findIndex((_, from) => sum(whole.slice(from, from + 5)) >= average * 5)
  return index < 0 ? undefined : index
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
