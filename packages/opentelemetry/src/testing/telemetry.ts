import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { instrument } from '../instrument.ts'

/** Telemetry, and what an exporter got of it. */
export function createTelemetry() {
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })
  const meters = new MeterProvider({ readers: [reader] })
  const spanExporter = new InMemorySpanExporter()
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
  const telemetry = instrument({ meter: meters.getMeter('test'), tracer: tracers.getTracer('test') })
  const points = async () => {
    metricExporter.reset()
    await reader.forceFlush()
    const all = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    return all.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        attributes,
        value: typeof value === 'object' && 'count' in value ? value.count : value,
      })),
    )
  }
  const close = async (): Promise<void> => {
    await meters.shutdown()
    await tracers.shutdown()
  }
  return { telemetry, points, spans: () => spanExporter.getFinishedSpans(), close }
}
