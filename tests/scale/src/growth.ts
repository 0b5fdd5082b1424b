import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, query } from '@backend-logout/tests-outbox/postgres-server'
import { end, type LimitedProvider, names, openAdder, startWorker, type WorkerProcess } from './fleet.ts'

/** Sizes at one moment, in megabytes. */
export interface GrowthSample {
  /** The number of logouts that have not been requested. */
  readonly waiting: number
  /** The tables of the outbox, and their indexes. */
  readonly tables: number
  readonly indexes: number
  /** Resident memory of each worker. */
  readonly memory: readonly number[]
}

/** The result of a run. */
export interface GrowthResult {
  /** With everything waiting, half, a tenth, and nothing; the last one after a period without work. */
  readonly samples: readonly GrowthSample[]
  /** The peak memory of a worker, in megabytes. */
  readonly mostMemory: number
  /** Transactions a second and worker without work, including vacuums. */
  readonly idlePerSecond: number
}

const MB = 1024 * 1024

/** Drains a backlog with workers, and records their memory and the database's size. */
export async function watchGrowth(
  provider: LimitedProvider,
  postgres: PostgresServer,
  { size, workers, idleSeconds }: Record<'size' | 'workers' | 'idleSeconds', number>,
): Promise<GrowthResult> {
  const store = await postgres.database('growth')
  {
    await using adder = await openAdder(provider, store)
    await adder.addMany(names('token', size))
  }
  await provider.call('reset')
  const processes: WorkerProcess[] = []
  const samples: GrowthSample[] = []
  let mostMemory = 0
  const memoryOf = async (): Promise<number[]> => {
    const memory = await Promise.all(processes.map(async (worker) => (await worker.call('memory')) / MB))
    mostMemory = Math.max(mostMemory, ...memory)
    return memory
  }
  const sample = async (waiting: number): Promise<void> => {
    const [row] = await query<{ tables: string; indexes: string }>(
      store,
      `SELECT sum(pg_table_size(oid)) AS tables, sum(pg_indexes_size(oid)) AS indexes FROM pg_class
      WHERE relnamespace = 'backend_logout'::regnamespace AND relkind = 'r'`,
    )
    const { tables, indexes } = row as { tables: string; indexes: string }
    samples.push({ waiting, tables: Number(tables) / MB, indexes: Number(indexes) / MB, memory: await memoryOf() })
  }
  try {
    for (let count = 0; count < workers; count++) processes.push(await startWorker(provider, store))
    await sample(size - (await provider.call('asked')))
    for (const share of [0.5, 0.1, 0]) {
      for (let waiting = size; waiting > size * share; waiting = size - (await provider.call('asked'))) {
        await sleep(500)
        await memoryOf()
      }
      await sample(Math.max(0, size - (await provider.call('asked'))))
    }
    // Until the last request is settled, and the tasks after the work are done.
    await sleep(10_000)
    const before = await transactions(postgres)
    await sleep(idleSeconds * 1000)
    const idlePerSecond = ((await transactions(postgres)) - before) / idleSeconds / workers
    await sample(0)
    return { samples, mostMemory, idlePerSecond }
  } finally {
    await end(processes)
  }
}

/** The number that the database has completed so far, queried from another one. */
async function transactions(postgres: PostgresServer): Promise<number> {
  const [row] = await query<{ count: string }>(
    await postgres.database('postgres'),
    `SELECT xact_commit + xact_rollback AS count FROM pg_stat_database WHERE datname = 'growth'`,
  )
  return Number(row?.count)
}
