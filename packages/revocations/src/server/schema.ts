import { isOutage } from '@backend-logout/private-store'
import { MAX_ISSUER, MAX_NAME, MAX_TIME } from '../entry.ts'
import { storeError } from './store-error.ts'
import type { RunStatement } from './transaction.ts'

/** The default schema. */
export const SCHEMA = 'backend_logout_revocations'
/** The version of the tables; later versions are rejected. */
const VERSION = 1

/** The location of the log in its database. */
export interface Schema {
  /** The table of entries. */
  readonly table: string
  /** The channel of NOTIFY. */
  readonly channel: string
  /** An SQL expression: a short name for this database and its current history. */
  readonly history: string
}

/**
 * Creates missing tables, and repairs them after a restore.
 *
 * @param name The schema; a plain lower-case name.
 * @throws RevocationError `store_unavailable`
 */
export async function prepareSchema(run: RunStatement, name: string): Promise<Schema> {
  const table = `${name}.entry`
  try {
    const state = 'SELECT to_regclass($1)::text AS log, pg_is_in_recovery()::text AS standby'
    const [found] = (await run(state, [`${name}.log`])).rows as { log: string | null; standby: string }[]
    if (found?.standby !== 'false') throw new Error('this is a standby server, which may lag behind')
    // Queried first, so that a process that may only read needs no right to create.
    if (!found?.log) await run(creation(name), []).catch(unlessDone)
    const [log] = (await run(`SELECT version::text FROM ${name}.log`, [])).rows as { version: string }[]
    if (Number(log?.version) !== VERSION) {
      throw new Error(`the schema ${name} has version ${log?.version}, and this package supports ${VERSION}`)
    }
    await adoptForeignRows(run, table)
    return { table, channel: name, history: await historyExpression(run, name) }
  } catch (error) {
    throw storeError('Opening the revocation log', error)
  }
}

/** The statement that creates the tables, if they are missing. One statement, and so one transaction. */
export function creation(name: string): string {
  return `DO $$ BEGIN
    IF to_regclass('${name}.log') IS NOT NULL THEN RETURN; END IF;
    -- Even for one that exists, IF NOT EXISTS requires the right to create schemas.
    IF to_regnamespace('${name}') IS NULL THEN CREATE SCHEMA ${name}; END IF;
    CREATE TABLE ${name}.log (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), version int NOT NULL);
    INSERT INTO ${name}.log (version) VALUES (${VERSION});
    -- Rows are only ever added and deleted: no writer waits for another, and no transaction of the application can
    -- block the next logout.
    CREATE TABLE ${name}.entry (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
      iss text NOT NULL CHECK (char_length(iss) BETWEEN 1 AND ${MAX_ISSUER}),
      jti text CHECK (char_length(jti) BETWEEN 1 AND ${MAX_NAME}),
      sid text CHECK (char_length(sid) BETWEEN 1 AND ${MAX_NAME}),
      sub text CHECK (char_length(sub) BETWEEN 1 AND ${MAX_NAME}),
      at bigint CHECK (at BETWEEN 0 AND ${MAX_TIME}),
      until bigint NOT NULL CHECK (until BETWEEN 0 AND ${MAX_TIME}),
      CHECK (num_nonnulls(jti, sid, sub) <= 1 AND num_nonnulls(jti, at) = 1)
    );
    CREATE INDEX entry_xid ON ${name}.entry (xid);
    CREATE INDEX entry_until ON ${name}.entry (until);
  END $$`
}

/** Another process has created it at the same time. */
function unlessDone(error: { code?: unknown }): void {
  // duplicate_table, duplicate_schema, unique_violation
  if (!/^(?:42P0[67]|23505)$/.test(String(error.code))) throw error
}

/** Rows from another server have transaction numbers that are still in the future here. */
async function adoptForeignRows(run: RunStatement, table: string): Promise<void> {
  const foreign = `xid >= pg_snapshot_xmax(pg_current_snapshot())`
  const [found] = (await run(`SELECT count(*)::text AS rows FROM ${table} WHERE ${foreign}`, [])).rows as {
    rows: string
  }[]
  if (Number(found?.rows) > 0) await run(`UPDATE ${table} SET xid = pg_current_xact_id() WHERE ${foreign}`, [])
}

/** The log, its server, and the timeline, which changes when a server is restored or promoted. */
async function historyExpression(run: RunStatement, name: string): Promise<string> {
  const expression = (...parts: string[]): string =>
    `left(encode(sha256(convert_to(concat_ws('/', ${[`(SELECT id FROM ${name}.log)`, ...parts].join(', ')}), 'UTF8')), 'hex'), 12)`
  const server = '(SELECT system_identifier FROM pg_control_system())'
  const timeline = 'left(pg_walfile_name(pg_current_wal_lsn()), 8)'
  // Not every Postgres-compatible service lets every role read these.
  for (const candidate of [expression(server, timeline), expression(server)]) {
    try {
      await run(`SELECT ${candidate}`, [])
      return candidate
    } catch (error) {
      if (isOutage(error)) throw error
    }
  }
  return expression()
}
