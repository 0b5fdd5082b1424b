import { storeError } from './errors.ts'
import type { OutboxEvent } from './events.ts'

/** Reports an error of the database after which the outbox tries again. */
export function storeErrorEvent(doing: string, reason: unknown): Extract<OutboxEvent, { type: 'store_error' }> {
  const { code, message } = storeError(doing, reason)
  return { type: 'store_error', code, message }
}
