/** Shows on standard output the OpenTelemetry data of two logouts, one of which needs a second attempt. */
import { startEmulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { instrument } from '@backend-logout/opentelemetry'
import { metrics, trace } from '@opentelemetry/api'
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

const meters = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
})
const tracers = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })],
})
metrics.setGlobalMeterProvider(meters)
trace.setGlobalTracerProvider(tracers)

await using provider = await startEmulator()
const { appId, appSecret = '' } = provider.app
await using client = createLogoutClient({ appId, appSecret, appHost: provider.appHost, onEvent: instrument().client() })

provider.answerNext({ status: 503 })
for (const user of ['alice', 'bob']) await client.revokeToken((await provider.signIn(user)).accessToken)

await tracers.shutdown()
await meters.shutdown()
