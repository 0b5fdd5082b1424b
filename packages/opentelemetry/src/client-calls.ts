import { type Attributes, type Meter, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { CALL_SECONDS } from './buckets.ts'
import type { ClientEvent } from './events.ts'

/** Measures the calls of clients, and makes a span of each. */
export function measureClients(meter: Meter, tracer: Tracer): () => (event: ClientEvent) => void {
  const duration = meter.createHistogram('backend_logout.client.call.duration', {
    description: 'Duration of calls to the provider, retries included.',
    unit: 's',
    advice: { explicitBucketBoundaries: CALL_SECONDS },
  })

  // Calls are numbered within a client, so each client has separate spans.
  return () => {
    const calls = new Map<number, { readonly span: Span; server: Attributes }>()
    return (event) => {
      const { type, call } = event
      if (type === 'start') {
        const span = tracer.startSpan(`backend_logout ${event.operation}`, { kind: SpanKind.CLIENT })
        calls.set(call, { span, server: {} })
        return
      }
      const open = calls.get(call)
      if (!open) return
      const { span } = open
      if (type !== 'outcome') {
        open.server = serverOf(event)
        span.addEvent(type, {
          'backend_logout.attempt': event.attempt ?? 0,
          ...withStatus(event),
          ...withError(event),
        })
        return
      }
      calls.delete(call)
      const attributes = {
        'backend_logout.operation': event.operation,
        'backend_logout.outcome': event.state ?? (event.code ? 'failed' : 'done'),
        ...open.server,
        ...withError(event),
      }
      duration.record((event.durationMs ?? 0) / 1000, attributes)
      span.setAttributes({ ...attributes, ...withStatus(event), 'backend_logout.attempts': event.attempts ?? 0 })
      if (event.code) span.setStatus({ code: SpanStatusCode.ERROR, message: event.code })
      span.end()
    }
  }
}

function withError({ code }: ClientEvent): Attributes {
  return code ? { 'error.type': code } : {}
}

function withStatus({ status }: ClientEvent): Attributes {
  return status === undefined ? {} : { 'http.response.status_code': status }
}

/** The host alone: paths may have a tenant in them, and a metric has a series for each value. */
function serverOf({ endpoint }: ClientEvent): Attributes {
  const url = endpoint === undefined ? null : URL.parse(endpoint)
  return url ? { 'server.address': url.hostname } : {}
}
