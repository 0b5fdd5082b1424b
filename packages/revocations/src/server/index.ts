/**
 * For services that write revocations and serve the feed: the log, the feed's endpoint, and an endpoint for proxies.
 *
 * @module
 */
export type { RevocationEntry } from '../entry.ts'
export { isRevocationError, RevocationError, type RevocationErrorCode, type RevocationErrorDetails } from '../errors.ts'
export type { RevocationList } from '../list.ts'
export type { ReadRequest, RevocationPage, RevocationSource } from '../source.ts'
export { bearerAuthorization } from './bearer-authorization.ts'
export {
  type CheckHandler,
  type CheckHandlerOptions,
  createCheckHandler,
  type RevocationCheckEvent,
} from './check-handler.ts'
export type { OnRevocationLogEvent, RevocationLogEvent } from './events.ts'
export {
  type Awaitable,
  createRevocationFeedHandler,
  type RevocationFeedEvent,
  type RevocationFeedHandler,
  type RevocationFeedHandlerOptions,
} from './feed-handler.ts'
export type { AppendOptions, RevocationLog } from './log.ts'
export { openRevocationLog } from './open-log.ts'
export type { PostgresOptions, RevocationLogOptions, RevocationStore } from './options.ts'
export type { ProblemCode } from './problem.ts'
export { type RevocationLogSchemaOptions, revocationLogSchemaSql } from './schema-sql.ts'
export type { RevocationTransaction } from './transaction.ts'
