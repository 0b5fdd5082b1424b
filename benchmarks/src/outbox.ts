/**
 * Measures the outbox: `pnpm --filter @backend-logout/benchmarks run bench:outbox`, with `--quick` for a shorter run.
 * `npm run bench` also does so.
 *
 * Writes its section of `docs/outbox-results.md`; a quick run writes nothing.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { table, writeResults } from '@backend-logout/tests-outbox/results'
import { bulkThroughLibrary } from './bulk.ts'
import type { AddResult, DrainResult, OutboxSettings, OutboxTask } from './outbox-process.ts'
import { ask, type Server, startServer } from './start-server.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const { quick } = values
const CONCURRENCY = 32
const DRAINED = quick ? 3_000 : 50_000
const BACKLOGS = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]
const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const round = (value: number): string => (value >= 100 ? Math.round(value).toString() : value.toFixed(1))

interface StoreResult {
  readonly store: string
  readonly alone: AddResult
  readonly together: AddResult
  readonly listed: number
  readonly drain: DrainResult
  readonly busy: DrainResult
}

async function measureStore(name: string, store: string, provider: Server): Promise<StoreResult> {
  const child = await start({ store, providerUrl: provider.url })
  const durationMs = quick ? 1_000 : 5_000
  say(`${name}: adding …`)
  // The first ones are slower: code is compiled, and plans are created.
  await task(child, { task: 'add', callers: 8, durationMs: 1_000 })
  const alone = await task<AddResult>(child, { task: 'add', callers: 1, durationMs })
  const together = await task<AddResult>(child, { task: 'add', callers: 64, durationMs })
  const listed = await task<{ perSecond: number }>(child, { task: 'addMany', count: DRAINED * 3 })
  say(`${name}: draining …`)
  const drain = await task<DrainResult>(child, { task: 'drain', count: DRAINED, concurrency: CONCURRENCY, adders: 0 })
  const busy = await task<DrainResult>(child, { task: 'drain', count: DRAINED, concurrency: CONCURRENCY, adders: 4 })
  await task(child, { task: 'close' })
  return { store: name, alone, together, listed: listed.perSecond, drain, busy }
}

async function measureBacklogs(
  store: string,
  provider: Server,
): Promise<{ backlog: number; addsPerSecond: number; drain: DrainResult }[]> {
  const results = []
  let filled = 0
  for (const backlog of BACKLOGS) {
    say(`A backlog of ${backlog} …`)
    const filler = await start({ store, providerUrl: provider.url })
    await task(filler, { task: 'addMany', count: backlog - filled })
    await task(filler, { task: 'close' })
    // Another process, because the memory that the first one needed to fill it is not the price of a backlog.
    const child = await start({ store, providerUrl: provider.url })
    const count = Math.min(DRAINED, Math.floor(backlog / 2))
    const adds = await task<AddResult>(child, { task: 'add', callers: 64, durationMs: quick ? 500 : 2_000 })
    const drain = await task<DrainResult>(child, { task: 'drain', count, concurrency: CONCURRENCY, adders: 0 })
    results.push({ backlog, addsPerSecond: adds.perSecond, drain })
    await task(child, { task: 'close' })
    filled = backlog - count
  }
  return results
}

async function start(settings: OutboxSettings): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('outbox-process.ts', import.meta.url)), [JSON.stringify(settings)])
  await once(child, 'message')
  return child
}

function task<T>(child: ChildProcess, task: OutboxTask): Promise<T> {
  return ask<T>(child, task)
}

const provider = await startServer({ delayMs: 0 })
const folder = await mkdtemp(join(tmpdir(), 'outbox-benchmark-'))
await using postgres = await startPostgres({ settings: ['max_wal_size=4GB'] })
const stores = [
  await measureStore('a folder (PGlite)', join(folder, 'outbox'), provider),
  await measureStore('Postgres', await postgres.database('speed'), provider),
]
const backlogs = await measureBacklogs(await postgres.database('backlog'), provider)
say('Bulk, for comparison …')
const bulk = await bulkThroughLibrary(DRAINED * 2, CONCURRENCY)
provider.close()
await rm(folder, { recursive: true })

const drainOf = (result: StoreResult): string =>
  `${round(result.drain.perSecond)} (${round((result.drain.perSecond / bulk.tokensPerSecond) * 100)} %)`
const GOAL = 0.7
const drained = stores[1]?.drain
const share = (drained?.perSecond ?? 0) / bulk.tokensPerSecond
const why = `The goal was to drain ${GOAL * 100} % of the bulk rate on Postgres. It is not reached because this machine has only two processors:
the worker takes ${round(drained?.cpuUs ?? 0)} µs for each logout, of which claiming and settling are less than half; Postgres, which rewrites
each row when it is claimed and then deletes it, takes nearly as much again.`

const body = `Outbox, Postgres and a provider without delay run as processes on one machine. Up to ${CONCURRENCY} tokens are in
flight; a bulk run of the library with as many, without an outbox, revokes ${round(bulk.tokensPerSecond)} per second, which is 100 %.

${table(
  ['', ...stores.map(({ store }) => store)],
  [
    ['added per second, one caller', ...stores.map(({ alone }) => round(alone.perSecond))],
    ['added per second, 64 callers', ...stores.map(({ together }) => round(together.perSecond))],
    ['p99 of one add with 64 callers (ms)', ...stores.map(({ together }) => round(together.p99Ms))],
    ['added per second, as a list', ...stores.map(({ listed }) => round(listed))],
    ['drained per second', ...stores.map(drainOf)],
    ['median of one add while draining (ms)', ...stores.map(({ busy }) => round(busy.adds?.medianMs ?? 0))],
    ['p99 of one add while draining (ms)', ...stores.map(({ busy }) => round(busy.adds?.p99Ms ?? 0))],
    ['resident memory while draining (MB)', ...stores.map(({ drain }) => round(drain.rssBytes / 1e6))],
  ],
)}

${share < GOAL ? `${why}\n\n` : ''}Rates and memory as the backlog on Postgres grows:

${table(
  ['backlog', 'added per second, 64 callers', 'drained per second', 'resident memory (MB)'],
  backlogs.map(({ backlog, addsPerSecond, drain }) => [
    backlog.toLocaleString('en'),
    round(addsPerSecond),
    round(drain.perSecond),
    round(drain.rssBytes / 1e6),
  ]),
)}`
process.stdout.write(`${body}\n`)
if (!quick) writeResults('speed', 'Speed', 'pnpm --filter @backend-logout/benchmarks run bench:outbox', body)
