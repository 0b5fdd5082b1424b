/**
 * OpenTelemetry metrics and traces of logouts: of the client, the endpoint, the outbox and the revocation list.
 *
 * @module
 */
export type {
  CheckEvent,
  ClientEvent,
  HandlerEvent,
  ListEvent,
  LogEvent,
  ObservedList,
  ObservedOutbox,
  OutboxEvent,
} from './events.ts'
export { type Instrumentation, type InstrumentOptions, instrument } from './instrument.ts'
