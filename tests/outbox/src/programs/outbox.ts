/** An outbox in a separate process. Arguments: the store, the provider's address, and whether to work, as JSON. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogoutClient } from '@backend-logout/node'
import { type OutboxEvent, type OutboxStore, openOutbox, type WorkOptions } from '@backend-logout/outbox'
import { offer, tell } from '../remote.ts'

export interface OutboxArguments {
  readonly store: OutboxStore
  readonly provider: { readonly appHost: string; readonly appId: string; readonly appSecret: string }
  /** Base64url; the first one writes. */
  readonly keys: readonly { readonly kid: string; readonly key: string }[]
  /** Works from the start. */
  readonly work?: Omit<WorkOptions, 'signal'>
  /** The events that it reports. */
  readonly events?: readonly OutboxEvent['type'][]
}

const { store, provider, keys, work, events = [] } = JSON.parse(process.argv[2] as string) as OutboxArguments
const client = createLogoutClient(provider)
const outbox = await openOutbox({
  store,
  client,
  encryptionKeys: keys,
  onEvent: (event) => {
    if (events.includes(event.type)) tell({ event })
  },
})
const stop = new AbortController()
let working = work ? outbox.work({ ...work, signal: stop.signal }) : undefined

process.once('SIGTERM', async () => {
  stop.abort()
  tell({ stopped: await working })
  await outbox.close()
  process.disconnect()
})

export const functions = {
  /** Adds tokens one by one, this number at a time, and reports the index of each acknowledged one. */
  async add(tokens: readonly { index: number; accessToken: string }[], concurrency: number): Promise<number> {
    const rest = tokens[Symbol.iterator]()
    let refused = 0
    const adder = async (): Promise<void> => {
      for (const { index, accessToken } of rest) {
        try {
          await outbox.add({ accessToken })
          tell({ acknowledged: index })
        } catch (error) {
          refused++
          tell({ refused: index, message: String(error) })
          await sleep(20)
        }
      }
    }
    await Promise.all(Array.from({ length: concurrency }, adder))
    return refused
  },
  async addMany(tokens: readonly string[]): Promise<number> {
    return (await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))).length
  },
  addSession: (tokens: { accessToken?: string; refreshToken?: string }) => outbox.add(tokens),
  startWork(options: Omit<WorkOptions, 'signal'>): void {
    working = outbox.work({ ...options, signal: stop.signal })
  },
  /** Resolves when the work is done, to the completed logouts and the duration. */
  async finishWork() {
    const startedAt = performance.now()
    return { ...(await working), ms: performance.now() - startedAt }
  },
  drain: (options: Omit<WorkOptions, 'signal'> = {}) => outbox.work({ ...options, untilEmpty: true }),
  stats: () => outbox.stats(),
  deadLetters: () => outbox.deadLetters(),
  retry: (ids: Parameters<typeof outbox.retry>[0]) => outbox.retry(ids),
  memory: () => process.memoryUsage().rss,
  async close(): Promise<void> {
    stop.abort()
    await outbox.close()
  },
}

offer(functions)
