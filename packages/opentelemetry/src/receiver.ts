import type { Meter } from '@opentelemetry/api'
import { CALL_SECONDS } from './buckets.ts'
import type { ReceiverEvent } from './events.ts'

/** Measures the logouts that a provider reports, and the fetches of its keys. */
export function measureReceiver(meter: Meter): (event: ReceiverEvent) => void {
  const duration = meter.createHistogram('backend_logout.receiver.request.duration', {
    description: 'Duration of requests that report a logout.',
    unit: 's',
    advice: { explicitBucketBoundaries: CALL_SECONDS },
  })
  const sessions = meter.createCounter('backend_logout.receiver.sessions', {
    description: 'Sessions that ended because a provider reported a logout.',
    unit: '{session}',
  })
  const failures = meter.createCounter('backend_logout.receiver.failures', {
    description: 'Failures of parts of the application that a reported logout calls.',
    unit: '{failure}',
  })
  const keys = meter.createCounter('backend_logout.receiver.key_fetches', {
    description: 'Fetches of the keys of issuers.',
    unit: '{fetch}',
  })
  return ({ type, code, step, sessions: ended = 0, durationMs = 0 }) => {
    if (type === 'failure') failures.add(1, { 'backend_logout.step': step ?? '' })
    else if (type === 'keys_fetched') keys.add(1, { 'backend_logout.outcome': 'fetched' })
    else if (type === 'keys_failed') keys.add(1, { 'backend_logout.outcome': 'failed' })
    else duration.record(durationMs / 1000, { 'backend_logout.outcome': type, ...(code && { 'error.type': code }) })
    if (ended > 0) sessions.add(ended)
  }
}
