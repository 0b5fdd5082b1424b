import { setTimeout as sleep } from 'node:timers/promises'
import type { Outbox, OutboxStats } from '@backend-logout/outbox'

/**
 * Resolves when no logout is in the queue or in progress. Both are counted at the same time, because the logouts of a
 * worker that was killed move from one count to the other.
 */
export async function untilSettled(outbox: Outbox): Promise<OutboxStats> {
  for (;;) {
    const stats = await outbox.stats()
    if (stats.pending + stats.active === 0) return stats
    await sleep(100)
  }
}
