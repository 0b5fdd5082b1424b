/**
 * OpenTelemetry metrics and traces of logouts: of the client, the endpoint, the outbox, the revocation list
 * and the receiver.
 *
 * @module
 */
export type * from './events.ts'
export { type Instrumentation, type InstrumentOptions, instrument } from './instrument.ts'
