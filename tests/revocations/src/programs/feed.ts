/** Serves a log. Arguments: the store, as JSON; a port, 0 for any; and whether it also appends, for a store of one process. */
import {
  createRevocationFeedHandler,
  openRevocationLog,
  type RevocationStore,
} from '@backend-logout/revocations/server'
import { offer, tell } from '@backend-logout/tests-outbox/remote'
import { serve } from 'srvx'
import { revoked } from '../scene.ts'

const [store = '', port = '0'] = process.argv.slice(2)
const log = await openRevocationLog({ store: JSON.parse(store) as RevocationStore })
const fetch = createRevocationFeedHandler({ log, authorize: () => true })
const server = serve({ fetch, hostname: '127.0.0.1', port: Number(port), silent: true })
await server.ready()

export const functions = {
  url: () => `${server.url}revocations`,
  async append(first: number, concurrency: number): Promise<void> {
    let next = first
    const appendOn = async (): Promise<void> => {
      for (;;) {
        const name = next++
        await log.append(revoked(`t${name}`))
        tell({ acknowledged: name })
      }
    }
    await Promise.all(Array.from({ length: concurrency }, appendOn))
  },
}

offer(functions)
