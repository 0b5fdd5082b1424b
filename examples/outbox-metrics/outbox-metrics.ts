/** Prints the metrics of an outbox. */
import { instrument } from '@backend-logout/opentelemetry'
import { openOutbox } from '@backend-logout/outbox'
import { metrics } from '@opentelemetry/api'
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'

const meters = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
})
metrics.setGlobalMeterProvider(meters)

const telemetry = instrument()
await using outbox = await openOutbox({ store: { memory: true }, onEvent: telemetry.outbox })
const stopObserving = telemetry.observeOutbox(outbox)

await outbox.add({ accessToken: 'one' })
await outbox.add({ refreshToken: 'two' })

await meters.forceFlush()
stopObserving()
await meters.shutdown()
