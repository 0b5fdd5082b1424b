import { type Meter, metrics, type Tracer, trace } from '@opentelemetry/api'
import { measureClients } from './client-calls.ts'
import type {
  CheckEvent,
  ClientEvent,
  FeedEvent,
  HandlerEvent,
  ListEvent,
  LogEvent,
  ObservedList,
  ObservedOutbox,
  OutboxEvent,
  ReceiverEvent,
} from './events.ts'
import { measureHandler } from './handler.ts'
import { measureOutbox, observeOutboxes } from './outbox.ts'
import { measureReceiver } from './receiver.ts'
import { measureChecks, measureFeed, measureList, measureLog, observeLists } from './revocations.ts'

const NAME = '@backend-logout/opentelemetry'

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /**
   * Makes the metrics.
   * @default that of the global provider
   */
  readonly meter?: Meter | undefined
  /**
   * Makes the spans.
   * @default that of the global provider
   */
  readonly tracer?: Tracer | undefined
}

/** The `onEvent` of each part, and observers for parts with a state. */
export interface Instrumentation {
  /** Creates the `onEvent` of one client. Call it once for each client: calls are numbered within a client. */
  client(): (event: ClientEvent) => void
  /** The `onEvent` of `createLogoutHandler`. */
  readonly handler: (event: HandlerEvent) => void
  /** The `onEvent` of `openOutbox`. */
  readonly outbox: (event: OutboxEvent) => void
  /** The `onEvent` of `followRevocations`. */
  readonly list: (event: ListEvent) => void
  /** The `onEvent` of `openRevocationLog`. */
  readonly log: (event: LogEvent) => void
  /** The `onEvent` of `createRevocationFeedHandler`. */
  readonly feed: (event: FeedEvent) => void
  /** The `onEvent` of `createCheckHandler`. */
  readonly check: (event: CheckEvent) => void
  /**
   * The `onEvent` of the receiver: of `createLogoutTokenVerifier`, `createBackChannelHandler` and
   * `createGlobalRevocationHandler`.
   */
  readonly receiver: (event: ReceiverEvent) => void
  /**
   * Observes the number of logouts in an outbox, and their age. One process does this for each database, because all
   * processes would report the same.
   *
   * @returns ends the observation; call it before the outbox closes
   */
  observeOutbox(outbox: ObservedOutbox): () => void
  /**
   * Observes how many entries a list has, and how old it is.
   *
   * @returns ends the observation
   */
  observeList(list: ObservedList): () => void
}

/**
 * Exports the events of Backend Logout to OpenTelemetry. Without a registered SDK, it costs almost nothing. No
 * attribute contains a token, its fingerprint, or the id of a user, a session or a token.
 *
 * @throws TypeError if an option does not exist
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/node'
 * import { openOutbox } from '@backend-logout/outbox'
 * import { instrument } from '@backend-logout/opentelemetry'
 *
 * const telemetry = instrument()
 * const client = createLogoutClient({
 *   appId: 'app-id',
 *   appSecret: 'app-secret',
 *   appHost: 'https://example.genauth.ai',
 *   onEvent: telemetry.client(),
 * })
 * const outbox = await openOutbox({ store: { memory: true }, client, onEvent: telemetry.outbox })
 * telemetry.observeOutbox(outbox)
 * ```
 */
export function instrument(options: InstrumentOptions = {}): Instrumentation {
  const { meter = metrics.getMeter(NAME), tracer = trace.getTracer(NAME), ...others } = options
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other !== undefined) throw new TypeError(`${other} is not an option here: the options are meter and tracer.`)
  return Object.freeze({
    client: measureClients(meter, tracer),
    handler: measureHandler(meter),
    outbox: measureOutbox(meter),
    list: measureList(meter),
    log: measureLog(meter),
    feed: measureFeed(meter),
    check: measureChecks(meter),
    receiver: measureReceiver(meter),
    observeOutbox: observeOutboxes(meter),
    observeList: observeLists(meter),
  })
}
