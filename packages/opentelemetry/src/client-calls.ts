import {
  type Attributes,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { CALL_SECONDS } from './buckets.ts'
import type { ClientEvent } from './events.ts'

/** Measures the calls of clients, and creates a span for each, and for each of its attempts. */
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
        calls.set(call, { span: tracer.startSpan(`backend_logout ${event.operation}`), server: {} })
        return
      }
      const open = calls.get(call)
      if (!open) return
      if (type === 'attempt') {
        open.server = serverOf(event)
        addAttempt(tracer, open.span, event)
      }
      if (type !== 'outcome') return
      calls.delete(call)
      const { span } = open
      const attributes = {
        'backend_logout.operation': event.operation,
        'backend_logout.outcome': event.state ?? (event.code ? 'failed' : 'done'),
        ...open.server,
        ...withError(event),
      }
      duration.record((event.durationMs ?? 0) / 1000, attributes)
      span.setAttributes({ ...attributes, ...withStatus(event), 'backend_logout.attempts': event.attempts ?? 0 })
      endSpan(span, event)
    }
  }
}

/** Makes a span within that of the call. Attempts are spans, because events of spans are going to be deprecated. */
function addAttempt(tracer: Tracer, parent: Span, event: ClientEvent): void {
  const endedAt = Date.now()
  const attributes = { 'backend_logout.attempt': event.attempt ?? 0, ...serverOf(event), ...withStatus(event) }
  const span = tracer.startSpan(
    `backend_logout ${event.operation} attempt`,
    {
      kind: SpanKind.CLIENT,
      startTime: endedAt - (event.durationMs ?? 0),
      attributes: { ...attributes, ...withError(event) },
    },
    trace.setSpan(ROOT_CONTEXT, parent),
  )
  endSpan(span, event, endedAt)
}

function endSpan(span: Span, { code }: ClientEvent, endedAt?: number): void {
  if (code) span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  span.end(endedAt)
}

function withError({ code }: ClientEvent): Attributes {
  return code ? { 'error.type': code } : {}
}

function withStatus({ status }: ClientEvent): Attributes {
  return status === undefined ? {} : { 'http.response.status_code': status }
}

/** Only the host: paths may contain a tenant, and a metric has a series for each value. */
function serverOf({ endpoint }: ClientEvent): Attributes {
  const url = endpoint === undefined ? null : URL.parse(endpoint)
  return url ? { 'server.address': url.hostname } : {}
}
