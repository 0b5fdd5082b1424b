/**
 * A durable outbox for revoking OAuth 2.0 tokens, on embedded PGlite or on your Postgres.
 *
 * @module
 */
export { isOutboxError, OutboxError, type OutboxErrorCode } from './errors.ts'
export type { EntryEvent, FailureCode, OnOutboxEvent, OutboxEvent } from './events.ts'
export type { EncryptionKey } from './keyring.ts'
export type { Lane } from './lanes.ts'
export { openOutbox } from './open-outbox.ts'
export type { OutboxOptions } from './options.ts'
export type {
  AddOptions,
  DeadLetter,
  DeadLetterOptions,
  Outbox,
  OutboxHealth,
  OutboxStats,
  WorkOptions,
  WorkSummary,
} from './outbox.ts'
export type { Reason } from './outcome.ts'
export type { OutboxRevocations } from './revocation-list.ts'
export { type OutboxSchemaOptions, outboxSchemaSql } from './schema-sql.ts'
export type { OutboxStore, PostgresOptions } from './store-options.ts'
export type { OutboxTokens, OutboxTokenType, TokenAbout } from './tokens.ts'
export type { OutboxTransaction } from './transaction.ts'
