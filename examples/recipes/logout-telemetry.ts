import type { LogoutEvent, OnEvent } from '@backend-logout/node'
import { metrics, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

/** Makes metrics and spans of what a client tells. One of these for each client: calls are numbered within it. */
export function logoutTelemetry(): OnEvent {
  const tracer = trace.getTracer('backend-logout')
  const meter = metrics.getMeter('backend-logout')
  const outcomes = meter.createCounter('logout.outcomes', { description: 'Calls, by what became of them.' })
  const duration = meter.createHistogram('logout.duration', { unit: 'ms', description: 'How long calls took.' })
  const spans = new Map<number, Span>()

  return (event: LogoutEvent) => {
    const span = spans.get(event.call)
    if (event.type === 'start') {
      const attributes = { 'logout.token': event.token ?? '' }
      spans.set(event.call, tracer.startSpan(`logout ${event.operation}`, { attributes }))
    } else if (event.type === 'outcome') {
      const { operation, state = '', code = '', durationMs, attempts } = event
      outcomes.add(1, { operation, state, code })
      duration.record(durationMs, { operation })
      span?.setAttributes({ 'logout.state': state, 'logout.attempts': attempts })
      if (code) span?.setStatus({ code: SpanStatusCode.ERROR, message: code })
      span?.end()
      spans.delete(event.call)
    } else {
      span?.setAttribute('url.full', event.endpoint ?? '')
      span?.addEvent(event.type, { attempt: event.attempt, code: event.code ?? '' })
    }
  }
}
