import { isEntry, type RevocationEntry } from '../entry.ts'
import { RevocationError } from '../errors.ts'
import { type Anchor, type Cursor, lastSeen, readCursor, upTo, writeCursor } from './cursor.ts'
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
  /** The newest visible row, and the number of its transaction; `null` without rows since that of the cursor. */
  readonly newest: string | null
  readonly as_of: string
  readonly history: string
  readonly standby: string
  readonly start: string
  /** True if the snapshot of the cursor can exist here. */
  readonly known: string
  /** The hash of the row with the number of the cursor's anchor; `null` without one. */
  readonly anchor: string | null
  readonly rows: string | null
}

/** A short name for a row and all that is in it. */
const HASH = "left(encode(sha256(convert_to(entry::text, 'UTF8')), 'hex'), 12)"

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
    // As JSON, because of the settings `array_nulls` and those of pg for types. NOTIFY in the same statement, so that any
    // client's commit sends it.
    const statement = `WITH added AS (
        INSERT INTO ${table} (iss, jti, sid, sub, at, until) SELECT iss, jti, sid, sub, at, until
        FROM json_to_recordset($1::text::json) AS e (iss text, jti text, sid text, sub text, at bigint, until bigint)
      ) SELECT pg_notify('${channel}', '')`
    try {
      await run(statement, [JSON.stringify(entries)])
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
        (SELECT json_build_array(entry.xid::text, id::text, until::text, ${HASH})::text FROM ${table} AS entry
          WHERE entry.xid >= $5::text::xid8 ORDER BY entry.xid DESC LIMIT 1) AS newest,
        extract(epoch FROM statement_timestamp())::float8::text AS as_of,
        ${history} AS history,
        to_hex((extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint) AS start,
        pg_is_in_recovery()::text AS standby,
        (pg_snapshot_xmax(pg_current_snapshot()) >= pg_snapshot_xmax(coalesce($3::text, '1:1:')::pg_snapshot))::text AS known,
        (SELECT ${HASH} FROM ${table} AS entry WHERE id = $4::bigint) AS anchor,
        (SELECT json_agg(json_build_array(id::text, iss, jti, sid, sub, at, until))::text FROM (
          SELECT id, iss, jti, sid, sub, at, until FROM ${table} WHERE id > $1::bigint ${
            from === undefined
              ? ''
              : 'AND xid >= pg_snapshot_xmin($6::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $6::text::pg_snapshot)'
          } ORDER BY id LIMIT $2::int
        ) AS found) AS rows`
    const values = [
      cursor?.page?.id ?? 0,
      this.#pageEntries + 1,
      cursor?.to ?? null,
      cursor?.anchor?.id ?? null,
      lastSeen(cursor),
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
    const [xid, anchor] = newest === null ? [lastSeen(cursor), cursor?.anchor] : newestOf(newest)
    const head = { history, start, to: upTo(xid, now), anchor }
    // A run ends at the log's position when it began: rows of earlier numbers may have become visible since.
    const end = cursor?.page ? { history, start, to: cursor.to, anchor: cursor.anchor } : head
    const from = cursor?.page ? cursor.page.from : cursor?.to
    const id = found[entries.length - 1]?.[0] ?? '0'
    const next = writeCursor({ ...end, ...(more && { page: { from, id } }) })
    const readable = entries.filter(isEntry)
    if (readable.length === 0 && entries.length > 0) readable.push(UNREADABLE)
    return {
      page: { entries: readable, cursor: next, as_of: Number(as_of), more },
      head: writeCursor(head),
    }
  }
}

/**
 * True if the log has everything that a cursor has seen. Files of this server that were put back, such as a snapshot of
 * its volume, are older, and their next rows and transactions get numbers that the cursor has seen. Then the anchor is
 * missing, or another row has its number. It may also have been deleted because it had ended; but if the server has
 * started since, that cannot be told apart, and the reader starts over.
 */
function hasAllOf(cursor: Cursor, { history, start, known, anchor, as_of }: Answer): boolean {
  if (cursor.history !== history || known !== 'true') return false
  if (!cursor.anchor) return lastSeen(cursor) === '0'
  if (anchor !== null) return anchor === cursor.anchor.hash
  return cursor.start === start && Number(cursor.anchor.until) + KEPT_BEYOND_END_S < Number(as_of)
}

/** The number of the newest row's transaction, and that row. */
function newestOf(newest: string): [xid: string, anchor: Anchor] {
  const [xid, id, until, hash] = JSON.parse(newest) as [string, string, string, string]
  return [xid, { id, until, hash }]
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
