import type { Meter } from '@opentelemetry/api'
import { CALL_SECONDS } from './buckets.ts'
import type { HandlerEvent } from './events.ts'

/** Measures logouts at the endpoint that pages call. */
export function measureHandler(meter: Meter): (event: HandlerEvent) => void {
  const duration = meter.createHistogram('backend_logout.handler.request.duration', {
    description: 'Duration of requests to the logout endpoint.',
    unit: 's',
    advice: { explicitBucketBoundaries: CALL_SECONDS },
  })
  const failures = meter.createCounter('backend_logout.handler.failures', {
    description: 'Failures of parts of the application that a logout calls.',
    unit: '{failure}',
  })
  return ({ type, status, code, step, durationMs = 0 }) => {
    if (type === 'failure') failures.add(1, { 'backend_logout.step': step ?? '' })
    else if (type === 'outcome') duration.record(durationMs / 1000, { 'backend_logout.outcome': String(status) })
    else if (type === 'refused') {
      duration.record(durationMs / 1000, { 'backend_logout.outcome': 'refused', 'error.type': code ?? '' })
    }
  }
}
