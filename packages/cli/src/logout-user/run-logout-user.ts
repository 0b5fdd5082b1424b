import type { LogoutSummary } from '@backend-logout/receiver'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { openOutboxOf } from '../outbox/open.ts'
import { type LogLocation, openLogIfNamed } from '../revocations/open.ts'
import { readStore } from '../store-option.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import { readStoredSession } from './stored-session.ts'

/** The options of `backend-logout logout-user`. */
export interface LogoutUserOptions extends LogLocation {
  readonly iss: string
  readonly sub?: string
  readonly sid?: string
  readonly sessions?: string
  readonly indexSchema: string
  readonly table: string
  readonly tokensAt: string
  readonly outbox?: string
  readonly keysFile?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

const CONNECT_MS = 5_000
/** A larger session is not read: several of them could take longer than the time limit, and much memory. */
const MAX_SESSION_BYTES = 4_194_304
const NAME = /^[a-z_][a-z0-9_]{0,62}$/

/** Ends a user's sessions and their tokens. */
export async function runLogoutUser(options: LogoutUserOptions, terminal: Terminal): Promise<ExitCode> {
  const { iss, sub, sid, table, indexSchema, tokensAt, quiet = false, json } = options
  // An unset variable in a script must not select all sessions.
  if (iss === '') throw usage('--iss must not be empty.')
  if (sub === '' || sid === '') throw usage('--sub and --sid must not be empty.')
  if (sub === undefined && sid === undefined)
    throw usage('Pass --sub for all sessions of a user, or --sid for one session.')
  if (!table.split('.').every((part) => NAME.test(part))) throw usage('--table must be a lower-case name.')
  if (!NAME.test(indexSchema)) throw usage('--index-schema must be a lower-case name.')
  const address = readStore({ option: '--sessions', variable: 'SESSIONS_STORE' }, options.sessions, terminal)
  if (!address || !/^postgres(?:ql)?:/i.test(address.store)) {
    throw usage(
      "SESSIONS_STORE must be the postgres:// address of the application's database. You can also pass --sessions.",
    )
  }
  const connectionString = address.store
  const [{ createPostgresSessionIndex, IncompleteLogoutError, logoutEverywhere }, { default: pg }] = await Promise.all([
    import('@backend-logout/receiver'),
    import('pg'),
  ])
  // A session is read again just before it ends.
  const unreadable = new Set<string>()
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: CONNECT_MS, query_timeout: CONNECT_MS })
  pool.on('error', () => {})
  const sessions = createPostgresSessionIndex({
    pool,
    schema: indexSchema,
    tokens: async (id) => {
      // As text, because Postgres cannot read all the JSON that it stores, such as `\u0000`.
      const { rows } = await pool.query(
        `SELECT CASE WHEN octet_length(sess::text) <= $2 THEN sess::text ELSE '' END AS content FROM ${table} WHERE sid = $1`,
        [id, MAX_SESSION_BYTES],
      )
      if (rows.length === 0) return undefined
      const { isUnreadable, ...tokens } = readStoredSession(rows[0].content, tokensAt)
      if (isUnreadable) unreadable.add(id)
      return tokens
    },
    end: (id) => pool.query(`DELETE FROM ${table} WHERE sid = $1`, [id]),
  })
  try {
    await using revocations = await openLogIfNamed(options, terminal)
    await using outbox = hasOutbox(options, terminal)
      ? await openOutboxOf(outboxLocation(options), terminal, 'tokens')
      : undefined
    const who = { iss, ...(sub !== undefined && { sub }), ...(sid !== undefined && { sid }) }
    const done = await logoutEverywhere(who, { sessions, revocations, outbox })
    const result = { ...done, unreadable: unreadable.size }
    report(result, { json, quiet, hasOutbox: outbox !== undefined, hasLog: revocations !== undefined }, terminal)
    return unreadable.size === 0 ? ExitCode.done : ExitCode.no
  } catch (error) {
    if (!(error instanceof IncompleteLogoutError)) throw error
    // Messages of Postgres may quote the address.
    throw new CommandError(ExitCode.stopped, `${error.message} It ends the remaining sessions.`, { cause: error })
  } finally {
    await pool.end()
  }
}

function report(
  { sessions, tokens, unreadable }: LogoutSummary & { readonly unreadable: number },
  {
    json,
    quiet,
    hasOutbox,
    hasLog,
  }: { json?: boolean | undefined; quiet: boolean; hasOutbox: boolean; hasLog: boolean },
  terminal: Terminal,
): void {
  if (unreadable > 0) {
    note(terminal, `Sessions whose tokens could not be read: ${unreadable}. Assume that these tokens are still valid.`)
  }
  if (json) print(terminal, JSON.stringify({ sessions, tokens, ...(unreadable > 0 && { unreadable }) }))
  else if (!quiet) {
    print(
      terminal,
      `Sessions ended: ${sessions}.`,
      hasOutbox
        ? `Tokens handed to the outbox: ${tokens}.`
        : 'OUTBOX_STORE is not set, so the tokens in the sessions were not revoked at the provider.',
      hasLog
        ? 'Your services refuse the access tokens that were issued up to now.'
        : 'REVOCATIONS_STORE is not set, so services that check access tokens locally accept them until they expire.',
    )
  }
}

const outboxLocation = ({ outbox, keysFile }: LogoutUserOptions) => ({
  ...(outbox !== undefined && { store: outbox }),
  ...(keysFile !== undefined && { keysFile }),
})

function hasOutbox({ outbox }: LogoutUserOptions, { env }: Terminal): boolean {
  return outbox !== undefined || Boolean(env.OUTBOX_STORE?.trim())
}

function usage(message: string): CommandError {
  return new CommandError(ExitCode.usage, message)
}
