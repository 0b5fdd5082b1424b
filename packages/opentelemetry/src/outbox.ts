import type { Meter } from '@opentelemetry/api'
import { WAIT_SECONDS } from './buckets.ts'
import type { ObservedOutbox, OutboxEvent } from './events.ts'

/** Counts the outcomes of logouts in an outbox. */
export function measureOutbox(meter: Meter): (event: OutboxEvent) => void {
  const events = meter.createCounter('backend_logout.outbox.events', {
    description: 'Outcomes of logouts in the outbox.',
    unit: '{event}',
  })
  const waited = meter.createHistogram('backend_logout.outbox.wait.duration', {
    description: 'Time from adding a logout until it was revoked.',
    unit: 's',
    advice: { explicitBucketBoundaries: WAIT_SECONDS },
  })
  return ({ type, count = 1, code, waitedMs }) => {
    events.add(count, { 'backend_logout.event': type, ...(code && { 'error.type': code }) })
    if (waitedMs !== undefined) waited.record(waitedMs / 1000)
  }
}

/** Observes outboxes as a whole whenever the metrics are read. */
export function observeOutboxes(meter: Meter): (outbox: ObservedOutbox) => () => void {
  const logouts = meter.createObservableGauge('backend_logout.outbox.logouts', {
    description: 'Logouts in the outbox that are not completed.',
    unit: '{logout}',
  })
  const oldestAge = meter.createObservableGauge('backend_logout.outbox.oldest.age', {
    description: 'Age of the oldest logout that is not completed, except dead letters.',
    unit: 's',
  })
  return (outbox) => {
    const observe: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
      // A database that cannot be reached causes a gap in the graph, not an error of the exporter.
      const stats = await outbox.stats().catch(() => undefined)
      if (!stats) return
      for (const state of ['pending', 'active', 'dead'] as const) {
        result.observe(logouts, stats[state], { 'backend_logout.state': state })
      }
      result.observe(oldestAge, stats.oldestAgeMs / 1000)
    }
    meter.addBatchObservableCallback(observe, [logouts, oldestAge])
    return () => meter.removeBatchObservableCallback(observe, [logouts, oldestAge])
  }
}
