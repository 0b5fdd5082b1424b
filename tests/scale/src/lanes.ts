import { setTimeout as sleep } from 'node:timers/promises'
import { startBulkRun } from './bulk-run.ts'
import { end, type LimitedProvider, names, openAdder, percentile, startWorker } from './fleet.ts'

/** The result of a run. */
export interface LanesResult {
  readonly backlog: number
  readonly workers: number
  readonly added: number
  /** From `add()` to the first attempt, in milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly slowest: number
  /** The backlog's share of the requests at the provider. */
  readonly backlogShare: number
  /** Requests of the bulk run, as a share of the admitted ones. */
  readonly bulkShare: number
}

/** The time in which the workers find the limit, in seconds. */
const SEARCH = 12

/**
 * Adds logouts one by one beside a backlog, and beside a bulk run that shares the workers' pace.
 *
 * @param limit the requests per second that the provider admits
 */
export async function addBesideBacklog(
  provider: LimitedProvider,
  store: string,
  {
    backlog,
    workers,
    seconds,
    perSecond,
    limit = 500,
    bulk = false,
  }: Record<'backlog' | 'workers' | 'seconds' | 'perSecond', number> & {
    readonly limit?: number
    readonly bulk?: boolean
  },
): Promise<LanesResult> {
  await using adder = await openAdder(provider, store)
  await adder.addMany(names('backlog', backlog))
  await provider.call('limitTo', 'windows', limit)
  const processes = await Promise.all(Array.from({ length: workers }, () => startWorker(provider, store)))
  await using stack = new AsyncDisposableStack()
  try {
    if (bulk) {
      const tokens = limit * (SEARCH + seconds + 30)
      stack.use(await startBulkRun({ appHost: await provider.call('appHost'), outbox: store, tokens }))
    }
    await sleep(SEARCH * 1000)
    await provider.call('reset')
    const startedAt = performance.now()
    const added: { token: string; at: number }[] = []
    const adding: Promise<void>[] = []
    for (let index = 0; performance.now() < startedAt + seconds * 1000; index++) {
      const token = `user-${index}`
      adding.push(adder.add({ accessToken: token }).then(() => void added.push({ token, at: Date.now() })))
      await sleep(Math.max(0, startedAt + (index * 1000) / perSecond - performance.now()))
    }
    await Promise.all(adding)
    const asked = await provider.call('asked')
    const users = added.map(({ token }) => token)
    const giveUpAt = performance.now() + 15_000
    let firstAsked = await provider.call('firstAsked', users)
    while (firstAsked.includes(undefined) && performance.now() < giveUpAt) {
      await sleep(200)
      firstAsked = await provider.call('firstAsked', users)
    }
    const waited = added.map(({ at }, index) => Math.max(0, (firstAsked[index] ?? Number.POSITIVE_INFINITY) - at))
    return {
      backlog,
      workers,
      added: added.length,
      p50: percentile(waited, 0.5),
      p99: percentile(waited, 0.99),
      slowest: Math.max(...waited),
      backlogShare: 1 - Math.min(added.length, asked) / asked,
      bulkShare: (await provider.call('admitted', 'bulk')) / (await provider.call('asked')),
    }
  } finally {
    await end(processes)
  }
}
