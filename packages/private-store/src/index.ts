/**
 * Postgres within this process, in a folder that no other user of the machine can read, and addresses and errors of
 * Postgres on a server: the basis of the outbox and the revocation log.
 *
 * @module
 */

export { describeDatabaseError } from './database-error.ts'
export { FolderInUseError } from './folder-lock.ts'
export { type OpenPrivateStoreOptions, openPrivateStore, type PrivateStore } from './open-private-store.ts'
export { isOutage, outlastOutage } from './outage.ts'
export { NotPrivateError } from './ownership.ts'
export { isPlainName } from './plain-name.ts'
export { type PostgresAddress, type PostgresHost, parsePostgresAddress } from './postgres-address.ts'
export { printable } from './printable.ts'
export { type PostgresLocation, parseStore, type StoreLocation } from './store-location.ts'
export { type TimedCall, TimedCalls } from './timed-calls.ts'
