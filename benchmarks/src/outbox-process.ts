/**
 * A measured outbox in a separate process: `outbox-process.ts SETTINGS`. Each message names a measurement and is
 * answered with its result.
 */
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { tokensOf } from './bulk-tokens.ts'
import { summarize } from './statistics.ts'

/** The message with which the process starts. */
export interface OutboxSettings {
  readonly store: string
  readonly providerUrl: string
}

/** A measurement, and its parameters. */
export type OutboxTask =
  | { readonly task: 'add'; readonly callers: number; readonly durationMs: number }
  | { readonly task: 'addMany'; readonly count: number }
  | { readonly task: 'drain'; readonly count: number; readonly concurrency: number; readonly adders: number }
  | { readonly task: 'close' }

/** The speed of adding. */
export interface AddResult {
  readonly perSecond: number
  /** Processor time of this process for each, in microseconds. */
  readonly cpuUs: number
  readonly medianMs: number
  readonly p99Ms: number
}

/** The speed of draining a backlog. */
export interface DrainResult {
  readonly perSecond: number
  /** Processor time of this process for each, in microseconds. */
  readonly cpuUs: number
  /** Latency of logouts that were added meanwhile, by a caller that adds one after the other. */
  readonly adds: AddResult | undefined
  readonly rssBytes: number
}

const { store, providerUrl } = JSON.parse(process.argv[2] ?? '{}') as OutboxSettings
const client = createLogoutClient({ appId: 'app', appSecret: 'the-secret', appHost: providerUrl })
const key = { kid: 'benchmark', key: Buffer.alloc(32, 1) }
let revoked = 0
let onRevoked = (): void => {}
const outbox = await openOutbox({
  store,
  client,
  encryptionKeys: [key],
  onEvent: ({ type }) => {
    if (type === 'revoked') {
      revoked++
      onRevoked()
    }
  },
})
const [token = ''] = tokensOf(1)
/** The number that is passed in one call. */
const LIST = 20_000
let added = 0

/** Measures the processor time of this process from now on, for each of this number of operations. */
function startCpu(): (count: number) => number {
  const before = process.cpuUsage()
  return (count) => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / count
  }
}

async function add(callers: number, until: () => boolean, pauseMs = 0): Promise<AddResult> {
  const times: number[] = []
  const cpu = startCpu()
  const startedAt = performance.now()
  const caller = async (): Promise<void> => {
    while (!until()) {
      const at = performance.now()
      await outbox.add({ accessToken: `${token}${added++}` })
      times.push(performance.now() - at)
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - startedAt) / 1000
  times.sort((a, b) => a - b)
  return {
    perSecond: times.length / seconds,
    cpuUs: cpu(times.length),
    medianMs: summarize(times).median,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  }
}

async function drain(count: number, concurrency: number, adders: number): Promise<DrainResult> {
  const stop = new AbortController()
  const enough = Promise.withResolvers<void>()
  // The first claims do not count: the queue is measured at its full speed.
  const warmUp = Math.min(1000, Math.floor(count / 5))
  const from = revoked
  let startedAt = 0
  let cpu = startCpu()
  let rssBytes = 0
  onRevoked = () => {
    if (revoked - from === warmUp) {
      startedAt = performance.now()
      cpu = startCpu()
    }
    if (revoked - from === warmUp + count) enough.resolve()
    if (revoked % 1000 === 0) rssBytes = Math.max(rssBytes, process.memoryUsage.rss())
  }
  const work = outbox.work({ concurrency, signal: stop.signal })
  const adding = adders > 0 ? add(adders, () => stop.signal.aborted, 5) : undefined
  await enough.promise
  const perSecond = (count / (performance.now() - startedAt)) * 1000
  const cpuUs = cpu(count)
  rssBytes = Math.max(rssBytes, process.memoryUsage.rss())
  stop.abort()
  await work
  return { perSecond, cpuUs, adds: await adding, rssBytes }
}

const TASKS = {
  add: ({ callers, durationMs }: Extract<OutboxTask, { task: 'add' }>) => {
    const end = performance.now() + durationMs
    return add(callers, () => performance.now() >= end)
  },
  async addMany({ count }: Extract<OutboxTask, { task: 'addMany' }>) {
    const startedAt = performance.now()
    const cpu = startCpu()
    let list: { accessToken: string }[] = []
    for (const accessToken of tokensOf(count)) {
      list.push({ accessToken })
      if (list.length < LIST) continue
      await outbox.addMany(list)
      list = []
    }
    if (list.length > 0) await outbox.addMany(list)
    return { perSecond: (count / (performance.now() - startedAt)) * 1000, cpuUs: cpu(count) }
  },
  drain: ({ count, concurrency, adders }: Extract<OutboxTask, { task: 'drain' }>) => drain(count, concurrency, adders),
  async close() {
    await outbox.close()
    await client.close()
    return {}
  },
}

process.on('message', async (message: OutboxTask) => {
  process.send?.(await (TASKS[message.task] as (task: OutboxTask) => Promise<object>)(message))
  if (message.task === 'close') process.disconnect()
})
process.send?.({ ready: true })
