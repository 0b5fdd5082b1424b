import { isOutboxError, OutboxError } from './errors.ts'
import type { OutboxHealth, OutboxStats } from './outbox.ts'

/** Probes give up after a few seconds, so the result has to arrive before that. */
const ANSWER_MS = 2_000

/**
 * Creates the function behind `health()`. It never rejects, and concurrent probes share one query.
 *
 * @param askStats Rejects with an OutboxError.
 */
export function createHealth(
  askStats: () => Promise<OutboxStats>,
  isWorking: () => boolean,
): () => Promise<OutboxHealth> {
  let asking: Promise<OutboxHealth> | undefined
  const ask = async (): Promise<OutboxHealth> => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new OutboxError('store_unavailable', `The database did not answer within ${ANSWER_MS} ms.`)
      timer = setTimeout(() => reject(error), ANSWER_MS)
    })
    try {
      const stats = await Promise.race([askStats(), late])
      return { ok: true, state: 'ready', working: isWorking(), stats, lastError: undefined }
    } catch (error) {
      const lastError = isOutboxError(error) ? error : undefined
      const state = lastError?.code === 'closed' ? 'closed' : 'unavailable'
      return { ok: false, state, working: isWorking(), stats: undefined, lastError }
    } finally {
      clearTimeout(timer)
    }
  }
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
