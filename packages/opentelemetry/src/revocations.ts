import type { Meter } from '@opentelemetry/api'
import type { CheckEvent, FeedEvent, ListEvent, LogEvent, ObservedList } from './events.ts'

/** Counts the updates of a copy of the revocation list. */
export function measureList(meter: Meter): (event: ListEvent) => void {
  const events = meter.createCounter('backend_logout.revocations.list.events', {
    description: 'Updates of the revocation list, and their failures.',
    unit: '{event}',
  })
  return ({ type, code }) => events.add(1, { 'backend_logout.event': type, ...(code && { 'error.type': code }) })
}

/** Counts the entries of a revocation log. */
export function measureLog(meter: Meter): (event: LogEvent) => void {
  const events = meter.createCounter('backend_logout.revocations.log.events', {
    description: 'Entries that were appended and pruned, and failures of the store.',
    unit: '{event}',
  })
  return ({ type, count = 1 }) => events.add(count, { 'backend_logout.event': type })
}

/** Counts the responses to readers of a log. Most of their time is waiting, so it is not measured. */
export function measureFeed(meter: Meter): (event: FeedEvent) => void {
  const requests = meter.createCounter('backend_logout.revocations.feed.events', {
    description: 'Responses of the feed, and failures of its log.',
    unit: '{event}',
  })
  return ({ type, code }) => requests.add(1, { 'backend_logout.event': type, ...(code && { 'error.type': code }) })
}

/** Counts the responses to proxies. */
export function measureChecks(meter: Meter): (event: CheckEvent) => void {
  const checks = meter.createCounter('backend_logout.revocations.checks', {
    description: 'Responses of the check endpoint.',
    unit: '{check}',
  })
  return ({ type }) => checks.add(1, { 'backend_logout.outcome': type })
}

/** Observes lists whenever the metrics are read. */
export function observeLists(meter: Meter): (list: ObservedList) => () => void {
  const entries = meter.createObservableGauge('backend_logout.revocations.list.entries', {
    description: 'Tokens, sessions, users and issuers that the list names.',
    unit: '{entry}',
  })
  const lag = meter.createObservableGauge('backend_logout.revocations.list.lag', {
    description: 'Age of the list: the time since it was last known to be complete.',
    unit: 's',
  })
  return (list) => {
    const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
      const health = list.health()
      result.observe(entries, health.entries)
      if (health.ageMs !== undefined) result.observe(lag, health.ageMs / 1000)
    }
    meter.addBatchObservableCallback(observe, [entries, lag])
    return () => meter.removeBatchObservableCallback(observe, [entries, lag])
  }
}
