import { type EntryMembers, isEntry, type RevocationEntry } from '../entry.ts'
import { RevocationError } from '../errors.ts'
import { type Cursor, lastSeen, readCursor, upTo, writeCursor } from './cursor.ts'
import { countThatFit } from './page-size.ts'
import type { Schema } from './schema.ts'
import { KEPT_BEYOND_END_S, type StorePage } from './store.ts'
import { storeError } from './store-error.ts'
import type { RunStatement } from './transaction.ts'

/** Number of rows that one statement deletes. */
const PRUNE_ROWS = 10_000
/**
 * Stands for rows that no reader accepts, such as one of another client with a longer name: a page without an entry
 * would be the last one, and a search for a readable row could take longer than a reader waits. It revokes nothing.
 */
const UNREADABLE: RevocationEntry = { iss: 'about:blank', jti: 'unreadable', until: 0 }

interface Answer {
  /** The present snapshot. */
  readonly now: string
  /** The number of the last transaction with a visible row; `null` without rows. */
  readonly newest: string | null
  readonly as_of: string
  readonly history: string
  readonly standby: string
  readonly start: string
  /** True if the snapshot of the cursor can exist here. */
  readonly known: string
  /** True if the newest row that the cursor has seen is there. */
  readonly anchored: string
  readonly rows: string | null
}

type Row = readonly [
  id: string,
  iss: string,
  jti: string | null,
  sid: string | null,
  sub: string | null,
  at: number | null,
  until: number,
]

/** The operations of a log on Postgres, wherever that runs. */
export class SqlStore {
  readonly #run: RunStatement
  readonly #schema: Schema
  readonly #pageEntries: number

  constructor(run: RunStatement, schema: Schema, pageEntries: number) {
    this.#run = run
    this.#schema = schema
    this.#pageEntries = pageEntries
  }

  async append(entries: readonly RevocationEntry[], run: RunStatement = this.#run): Promise<void> {
    const { table, channel } = this.#schema
    const members: readonly EntryMembers[] = entries
    const column = (name: keyof EntryMembers): unknown[] => members.map((entry) => entry[name] ?? null)
    // NOTIFY in the same statement, so that any client's commit sends it.
    const statement = `WITH added AS (
        INSERT INTO ${table} (iss, jti, sid, sub, at, until)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
      ) SELECT pg_notify('${channel}', '')`
    const columns = [column('iss'), column('jti'), column('sid'), column('sub'), column('at'), column('until')]
    try {
      await run(statement, columns)
    } catch (error) {
      throw storeError('Appending to the revocation log', error)
    }
  }

  async read(after: string | undefined): Promise<StorePage> {
    const cursor = after === undefined ? undefined : readCursor(after)
    if (after !== undefined && !cursor) throw gone()
    const answer = await this.#ask(cursor)
    if (answer.standby !== 'false') {
      throw new RevocationError('store_unavailable', 'The revocation log is on a standby server, which may lag behind.')
    }
    if (cursor && !hasAllOf(cursor, answer)) throw gone()
    return this.#pageOf(answer, cursor)
  }

  async prune(): Promise<number> {
    const { table, channel } = this.#schema
    // Deleted only if they have ended by both clocks, by one process at a time. Locking the rows instead would require
    // the right to update them.
    const statement = `WITH ended AS (
        SELECT id FROM ${table} WHERE (SELECT pg_try_advisory_xact_lock(hashtextextended('prune ${channel}', 0)))
        AND until < least($1::bigint, extract(epoch FROM statement_timestamp())::bigint) - $2::bigint LIMIT ${PRUNE_ROWS}
      ), gone AS (DELETE FROM ${table} WHERE id IN (SELECT id FROM ended) RETURNING 1)
      SELECT count(*)::int AS count FROM gone`
    let total = 0
    for (let count = PRUNE_ROWS; count === PRUNE_ROWS; total += count) {
      const { rows } = await this.#run(statement, [Math.floor(Date.now() / 1000), KEPT_BEYOND_END_S]).catch(
        unlessDenied,
      )
      count = Number((rows[0] as { count: unknown }).count)
    }
    return total
  }

  async #ask(cursor: Cursor | undefined): Promise<Answer> {
    const { table, history } = this.#schema
    const from = cursor?.page ? cursor.page.from : cursor?.to
    // Everything is text, because the application may have configured pg to parse numbers and JSON differently.
    const statement = `SELECT pg_current_snapshot()::text AS now,
        (SELECT xid::text FROM ${table} ORDER BY xid DESC LIMIT 1) AS newest,
        extract(epoch FROM statement_timestamp())::float8::text AS as_of,
        ${history} AS history,
        to_hex((extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint) AS start,
        pg_is_in_recovery()::text AS standby,
        (pg_snapshot_xmax(pg_current_snapshot()) >= pg_snapshot_xmax(coalesce($3::text, '1:1:')::pg_snapshot))::text AS known,
        (SELECT EXISTS (SELECT FROM ${table} WHERE xid = $4::text::xid8))::text AS anchored,
        (SELECT json_agg(json_build_array(id::text, iss, jti, sid, sub, at, until))::text FROM (
          SELECT id, iss, jti, sid, sub, at, until FROM ${table} WHERE id > $1::bigint ${
            from === undefined
              ? ''
              : 'AND xid >= pg_snapshot_xmin($5::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $5::text::pg_snapshot)'
          } ORDER BY id LIMIT $2::int
        ) AS found) AS rows`
    const values = [
      cursor?.page?.id ?? 0,
      this.#pageEntries + 1,
      cursor?.to ?? null,
      cursor ? lastSeen(cursor) : null,
      ...(from === undefined ? [] : [from]),
    ]
    try {
      return (await this.#run(statement, values)).rows[0] as Answer
    } catch (error) {
      // A snapshot that Postgres rejects was never issued.
      if (cursor && /^22/.test(String((error as { code?: unknown } | null)?.code))) throw gone()
      throw storeError('Reading the revocation log', error)
    }
  }

  #pageOf({ now, newest, as_of, history, start, rows }: Answer, cursor: Cursor | undefined): StorePage {
    const found = JSON.parse(rows ?? '[]') as Row[]
    const all = found.slice(0, this.#pageEntries).map(entryOf)
    const entries = all.slice(0, countThatFit(all))
    const more = entries.length < found.length
    const head = upTo(newest, now)
    // A run ends at the log's position when it began: rows of earlier numbers may have become visible since.
    const to = cursor?.page ? cursor.to : head
    const from = cursor?.page ? cursor.page.from : cursor?.to
    const id = found[entries.length - 1]?.[0] ?? '0'
    const next = writeCursor({ history, start, to, ...(more && { page: { from, id } }) })
    const readable = entries.filter(isEntry)
    if (readable.length === 0 && entries.length > 0) readable.push(UNREADABLE)
    return {
      page: { entries: readable, cursor: next, as_of: Number(as_of), more },
      head: writeCursor({ history, start, to: head }),
    }
  }
}

/**
 * True if the log has everything that a cursor has seen. Files of this server that were put back, such as a snapshot of
 * its volume, are older: their next transactions get the numbers of those that the cursor has seen. Then the server has
 * started since, and the newest row that the cursor has seen is missing. (It may also have been deleted because it had
 * ended. Then the reader starts over in vain.)
 */
function hasAllOf(cursor: Cursor, { history, start, known, anchored }: Answer): boolean {
  if (cursor.history !== history || known !== 'true') return false
  return cursor.start === start || anchored === 'true' || lastSeen(cursor) === '0'
}

function entryOf([, iss, jti, sid, sub, at, until]: Row): RevocationEntry {
  if (jti !== null) return { iss, jti, until }
  const time = at ?? 0
  if (sid !== null) return { iss, sid, at: time, until }
  return sub === null ? { iss, at: time, until } : { iss, sub, at: time, until }
}

/** A process that may only read leaves deleting to those that write. */
function unlessDenied(error: { code?: unknown }): { rows: unknown[] } {
  if (error.code !== '42501') throw error
  return { rows: [{ count: 0 }] }
}

function gone(): RevocationError {
  return new RevocationError('cursor_gone', 'This cursor does not belong to this log.')
}
