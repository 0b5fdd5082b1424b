/**
 * Connections to a Postgres server: the basis of the outbox and the revocation log if they are not in a folder.
 *
 * @module
 */
export { type Database, PostgresDatabase, type PostgresDatabaseOptions } from './postgres-database.ts'
