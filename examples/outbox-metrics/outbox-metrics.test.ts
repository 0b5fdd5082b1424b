import { openOutbox } from '@backend-logout/outbox'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { createOutboxMetrics } from './outbox-metrics.ts'

test('the metrics say how many logouts wait, and what happened', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  const provider = new MeterProvider({ readers: [reader] })
  const metrics = createOutboxMetrics(provider.getMeter('test'))
  await using outbox = await openOutbox({ store: { memory: true }, onEvent: metrics.onEvent })
  metrics.observe(outbox)
  await outbox.add({ accessToken: 'one' })
  await outbox.add({ refreshToken: 'two' })
  await reader.forceFlush()

  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [descriptor.name, attributes, value]),
    )
  expect(points).toContainEqual(['backend_logout.outbox.events', { type: 'added' }, 2])
  expect(points).toContainEqual(['backend_logout.outbox.depth', { state: 'pending' }, 2])
  expect(points).toContainEqual(['backend_logout.outbox.dead', {}, 0])
  expect(points).toContainEqual(['backend_logout.outbox.oldest_age', {}, expect.any(Number)])
  await provider.shutdown()
}, 60_000)
