/** A worker in a separate process. Its argument: the store, the provider and the key, as JSON. */
import { createLogoutClient } from '@backend-logout/core'
import type { OutboxEvent, OutboxStore, WorkOptions } from '@backend-logout/outbox'
import { offer, tell } from '@backend-logout/tests-outbox/remote'

export interface WorkerArguments {
  readonly store: OutboxStore
  readonly appHost: string
  readonly key: { readonly kid: string; readonly key: string }
  readonly work?: Omit<WorkOptions, 'signal'>
  readonly events?: readonly OutboxEvent['type'][]
  /** True for a worker of an earlier version. */
  readonly earlier?: boolean
}

const { store, appHost, key, work, events = [], earlier } = JSON.parse(process.argv[2] as string) as WorkerArguments
const { openOutbox } = await (earlier ? import('../generated/earlier-outbox.js') : import('@backend-logout/outbox'))
const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost })
const outbox = await openOutbox({
  store,
  client,
  encryptionKeys: [key],
  onEvent: (event) => {
    if (events.includes(event.type)) tell({ event, at: Date.now() })
  },
})
const stop = new AbortController()
const working = outbox.work({ ...work, signal: stop.signal })

process.once('SIGTERM', async () => {
  stop.abort()
  await working
  await outbox.close()
  process.disconnect()
})

export const functions = {
  memory: () => process.memoryUsage().rss,
  async addMany(tokens: readonly string[]) {
    await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  },
  async stop() {
    stop.abort()
    return working
  },
}

offer(functions)
