/** Appends to a log, and reports the acknowledged entries. Argument: the store, as JSON. */
import { openRevocationLog, type RevocationStore } from '@backend-logout/revocations/server'
import { offer, tell } from '@backend-logout/tests-outbox/remote'
import { revoked } from '../scene.ts'

const log = await openRevocationLog({ store: JSON.parse(process.argv[2] as string) as RevocationStore })

export const functions = {
  /** Appends names from `first` on, this number at a time, until it is killed. */
  async append(first: number, concurrency: number): Promise<void> {
    let next = first
    const appendOn = async (): Promise<void> => {
      for (;;) {
        const name = next++
        try {
          await log.append(revoked(`t${name}`))
          tell({ acknowledged: name })
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }
    await Promise.all(Array.from({ length: concurrency }, appendOn))
  },
  close: () => log.close(),
}

offer(functions)
