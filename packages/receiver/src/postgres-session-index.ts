import { invalidOption, refuseUnknownOption, within } from '@backend-logout/core'
import {
  REPORTED_S,
  type RecordedSessions,
  recordOf,
  SESSION_ACCESS,
  SESSION_HINTS,
  type SessionAccess,
} from './session-index.ts'
import { checkName, creation, SCHEMA } from './session-index-schema.ts'

/** Runs statements: a `Pool` of `pg`, or anything like it. Each statement must be a separate transaction. */
export interface PostgresPool {
  /** Runs one statement. */
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** Options of {@link createPostgresSessionIndex}. */
export interface PostgresSessionIndexOptions extends SessionAccess {
  /**
   * A `Pool` of `pg`, or anything like it. Give it a listener for `error`: without one, `pg` ends the process when
   * Postgres closes an idle connection.
   */
  readonly pool: PostgresPool
  /**
   * The schema for the tables. It is created if it is missing.
   * @default 'backend_logout_sessions'
   */
  readonly schema?: string | undefined
}

const NAMES: Readonly<Record<keyof PostgresSessionIndexOptions, true>> = {
  ...SESSION_ACCESS,
  pool: true,
  schema: true,
}
/** The number of calls between two deletions of expired records. */
const PRUNE_CALLS = 1_000
/** The time limit for finding or creating the tables, in milliseconds. */
const PREPARE_MS = 5_000
/** Errors when another process has created it at the same time: duplicate_table, duplicate_schema, unique_violation. */
const CREATED_MEANWHILE = /^(?:42P0[67]|23505)$/

/**
 * Creates an index of sessions in Postgres, for any number of processes. Its tables are created with the first call.
 *
 * A login and the report of its logout can cross each other, and reach different processes. Each is written before it
 * looks for the other, so at least one of them finds the other: either the report ends the session, or `add` returns
 * that the user is already logged out.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createPostgresSessionIndex, type PostgresPool } from '@backend-logout/receiver'
 *
 * declare const pool: PostgresPool // such as new pg.Pool({ connectionString: 'postgres://localhost/app' })
 * const sessions = createPostgresSessionIndex({
 *   pool,
 *   end: (id) => pool.query('DELETE FROM session WHERE sid = $1', [id]),
 * })
 * ```
 */
export function createPostgresSessionIndex(options: PostgresSessionIndexOptions): RecordedSessions {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(options, NAMES, { ...SESSION_HINTS, client: 'use pool', postgres: 'use pool' })
  const { pool, schema = SCHEMA, tokens, end } = options
  if (typeof pool?.query !== 'function') invalidOption('pool', 'must be a Pool of pg, or anything else with query().')
  checkName('schema', schema)
  if (typeof end !== 'function') invalidOption('end', 'must be a function.')
  if (tokens !== undefined && typeof tokens !== 'function') invalidOption('tokens', 'must be a function.')
  let prepared: Promise<void> | undefined
  let calls = 0

  const run = async (text: string, values: unknown[]): Promise<unknown[]> => {
    // A connection can go dark, and later calls must not wait for it.
    prepared ??= within(PREPARE_MS, () => prepare(pool, schema)).catch((error: unknown) => {
      prepared = undefined
      throw error
    })
    await prepared
    if (++calls % PRUNE_CALLS === 0) prune(pool, schema)
    return (await pool.query(text, values)).rows
  }
  const remove = async (id: string): Promise<void> => {
    await run(`DELETE FROM ${schema}.session WHERE id = $1`, [id])
  }

  return {
    async add(id, claims, options) {
      const { iss, sub, sid, at, until } = recordOf(id, claims, options)
      await run(
        `INSERT INTO ${schema}.session (id, iss, sub, sid, at, until) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET (iss, sub, sid, at, until) = ROW (excluded.iss, excluded.sub, excluded.sid, excluded.at, excluded.until)`,
        [id, iss, sub, sid ?? null, at, until],
      )
      // As `ends()`, but in the database, where another client may have written names of any size.
      const notices = await run(
        `SELECT 1 AS one FROM ${schema}.logout WHERE iss = $1 AND (sub = $2 OR sid = $3) AND at >= $4
         AND (sub IS NULL OR sub = $2) AND (sid IS NULL OR sid = $3) LIMIT 1`,
        [iss, sub, sid ?? null, at],
      )
      if (notices.length === 0) return true
      await remove(id)
      return false
    },
    remove,
    async find(notice) {
      const { iss, sub, sid, at, localAt = at } = notice
      const until = Math.ceil(Date.now() / 1000) + REPORTED_S
      await run(`INSERT INTO ${schema}.logout (iss, sub, sid, at, until) VALUES ($1, $2, $3, $4, $5)`, [
        ...[iss, sub ?? null, sid ?? null, localAt, until],
      ])
      const [name, value] = sid === undefined ? ['sub', sub] : ['sid', sid]
      const rows = await run(
        `SELECT id FROM ${schema}.session WHERE ${name} = $1 AND iss = $2 AND at <= $3 AND ($4::text IS NULL OR sub = $4)`,
        [value, iss, at, sub ?? null],
      )
      return rows.map((row) => (row as { id: string }).id)
    },
    ...(tokens && { tokens: (id: string) => tokens.call(options, id) }),
    async end(id) {
      await end.call(options, id)
      await remove(id)
    },
  }
}

async function prepare(pool: PostgresPool, schema: string): Promise<void> {
  const { rows } = await pool.query('SELECT to_regclass($1)::text AS found', [`${schema}.logout`])
  if ((rows[0] as { found: string | null }).found !== null) return
  await pool.query(creation(schema)).catch((error: { code?: unknown }) => {
    if (!CREATED_MEANWHILE.test(String(error?.code))) throw error
  })
}

/**
 * Deletes what has expired by both clocks, because a wrong one must not make the index forget sessions. No caller waits
 * for it, and the next one repeats a failed one.
 */
function prune(pool: PostgresPool, schema: string): void {
  for (const table of ['session', 'logout']) {
    const statement = `DELETE FROM ${schema}.${table} WHERE until < least($1, extract(epoch FROM now()))`
    pool.query(statement, [Math.floor(Date.now() / 1000)]).catch(() => {})
  }
}
