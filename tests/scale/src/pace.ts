import { setTimeout as sleep } from 'node:timers/promises'
import { startBulkRun } from './bulk-run.ts'
import { end, type LimitedProvider, names, openAdder, startWorker, type WorkerProcess } from './fleet.ts'
import type { Limit } from './programs/limited-provider.ts'

/** The result of a run. */
export interface PaceResult {
  readonly limit: Limit
  readonly workers: string
  /** Share of the limit, from the first second on. */
  readonly used: number
  /** The same after the first twenty seconds, in which the workers find the limit. */
  readonly usedLater: number
  /** Share of all requests. */
  readonly refused: number
  /** Admitted per second, after the first twenty. */
  readonly fewest: number
  readonly most: number
  /** Share of the admitted requests. */
  readonly bulk: number
}

/** A bulk run of the command line next to the workers: in turns with them, or with a separate pace. */
export type BulkRunKind = 'a bulk run' | 'a bulk run with its own pace'

/** Lets workers drain a backlog from a provider that admits `perSecond` requests per second. */
export async function drainAtLimit(
  provider: LimitedProvider,
  store: string,
  {
    limit,
    workers,
    seconds,
    bulk,
    perSecond = 200,
  }: { limit: Limit; workers: number | 'come and go'; seconds: number; bulk?: BulkRunKind; perSecond?: number },
): Promise<PaceResult> {
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('token', (seconds + 30) * perSecond))
  await provider.call('limitTo', limit, perSecond)
  const start = (): Promise<WorkerProcess> => startWorker(provider, store, { work: { concurrency: 16 } })
  const processes: WorkerProcess[] = []
  await using stack = new AsyncDisposableStack()
  try {
    await provider.call('reset')
    processes.push(...(await Promise.all(Array.from({ length: workers === 'come and go' ? 4 : workers }, start))))
    const appHost = await provider.call('appHost')
    if (bulk) {
      const outbox = bulk === 'a bulk run' ? store : undefined
      stack.use(await startBulkRun({ appHost, outbox, tokens: (seconds + 30) * perSecond }))
    }
    const endAt = performance.now() + seconds * 1000
    while (performance.now() < endAt) {
      await sleep(Math.min(10_000, endAt - performance.now()))
      if (workers !== 'come and go') continue
      processes.shift()?.kill('SIGKILL')
      processes.push(await start())
    }
    const all = await provider.call('seconds')
    const first = all.findIndex(({ admitted }) => admitted > 0)
    const measured = all.slice(first, -1)
    const later = measured.slice(20).map(({ admitted }) => admitted)
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
    const admitted = sum(measured.map((second) => second.admitted))
    const refused = sum(measured.map((second) => second.refused))
    return {
      limit,
      workers: bulk ? `${workers} and ${bulk}` : String(workers),
      used: admitted / (measured.length * perSecond),
      usedLater: sum(later) / (later.length * perSecond),
      refused: refused / (admitted + refused),
      fewest: Math.min(...later),
      most: Math.max(...later),
      bulk: (await provider.call('admitted', 'bulk')) / admitted,
    }
  } finally {
    await end(processes)
  }
}
