import type { Outbox, OutboxEvent } from '@backend-logout/outbox'
import { type Meter, metrics } from '@opentelemetry/api'

/** Metrics of an outbox. */
export interface OutboxMetrics {
  /** Hand it to `openOutbox` as `onEvent`: it counts what happens in this process. */
  readonly onEvent: (event: OutboxEvent) => void
  /** Observes an outbox as a whole, whenever the metrics are read. One process does this; the others would say the same. */
  observe(outbox: Outbox): void
}

/**
 * Exports an outbox to OpenTelemetry. Without an SDK that is registered, it costs next to nothing.
 *
 * Alert on `backend_logout.outbox.dead` above zero, and on `backend_logout.outbox.oldest_age` beyond what you accept.
 */
export function createOutboxMetrics(meter: Meter = metrics.getMeter('@backend-logout/outbox')): OutboxMetrics {
  const events = meter.createCounter('backend_logout.outbox.events', { description: 'What happened to logouts' })
  const waited = meter.createHistogram('backend_logout.outbox.waited', {
    description: 'From the time a logout was added until it was done',
    unit: 's',
  })
  const depth = meter.createObservableGauge('backend_logout.outbox.depth', { description: 'Logouts that are not done' })
  const dead = meter.createObservableGauge('backend_logout.outbox.dead', { description: 'Logouts that cannot be done' })
  const age = meter.createObservableGauge('backend_logout.outbox.oldest_age', {
    description: 'Age of the oldest logout that is not done',
    unit: 's',
  })
  const paused = meter.createObservableGauge('backend_logout.outbox.paused', {
    description: 'Whether the provider is given a pause',
  })

  return {
    onEvent(event) {
      const { type } = event
      const code = 'code' in event ? { 'error.type': event.code } : {}
      events.add(type === 'added' ? event.count : 1, { type, ...code })
      if (type === 'revoked') waited.record(event.waitedMs / 1000)
    },

    observe(outbox) {
      meter.addBatchObservableCallback(
        async (result) => {
          const stats = await outbox.stats()
          result.observe(depth, stats.pending, { state: 'pending' })
          result.observe(depth, stats.active, { state: 'active' })
          result.observe(dead, stats.dead)
          result.observe(age, stats.oldestAgeMs / 1000)
          result.observe(paused, stats.pausedUntil ? 1 : 0)
        },
        [depth, dead, age, paused],
      )
    },
  }
}
