/**
 * Position of a reader in a log on Postgres. Rows are numbered when they are written and seen when they commit, so a
 * number alone would skip those that commit late. A cursor therefore is a Postgres snapshot: it records, for each
 * transaction, whether its rows were visible. Rows that were not visible are new.
 */
export interface Cursor {
  /** The database and its history: after a restore or a failover, old cursors are invalid. */
  readonly history: string
  /** The time at which the server started, in milliseconds since 1970, in hexadecimal. */
  readonly start: string
  /** The snapshot that is complete when this run of pages has ended, as Postgres writes it: `xmin:xmax:xip,xip`. */
  readonly to: string
  /** Nothing if the log had no row. */
  readonly anchor?: Anchor | undefined
  /** For a page in the middle: the position of the run. */
  readonly page?: {
    /** The snapshot that the reader had before; nothing for a run that is a snapshot itself. */
    readonly from: string | undefined
    /** The number of the last row, in digits: it can exceed the integers that a `number` represents exactly. */
    readonly id: string
  }
}

/** The newest row that a reader has seen. As long as a log has it, it has all earlier ones. */
export interface Anchor {
  /** Its number, in digits. After a restore, another row may have it. */
  readonly id: string
  /** The end of its entry, in seconds since 1970, in digits. */
  readonly until: string
  /** The start of a hash of the row, in hexadecimal. */
  readonly hash: string
}

/** Numbers of 64 bits, in hexadecimal, because BigInt only parses common bases. */
const NUMBER = '[0-9a-f]{1,16}'
const SNAPSHOT = `${NUMBER}-${NUMBER}-(?:${NUMBER}(?:_${NUMBER})*)?`
const ANCHOR = `(${NUMBER})-(${NUMBER})-([0-9a-f]{12})`
const CURSOR = new RegExp(
  `^([0-9a-f]{12})-(${NUMBER})(?:-${ANCHOR})?\\.(${SNAPSHOT})(?:\\.(${SNAPSHOT})?\\.(${NUMBER}))?$`,
)

/**
 * Limits a snapshot to the transactions that have become durable, which are those up to the newest row: the numbers of
 * later ones, which have written no row, may be assigned again after a crash, and a row of such a transaction would
 * count as seen.
 *
 * @param newest The number of the last transaction with a visible row; 0 without rows.
 */
export function upTo(newest: string, snapshot: string): string {
  const [xmin = '', xmax = '', running = ''] = snapshot.split(':')
  const end = BigInt(newest) + 1n
  if (end >= BigInt(xmax)) return snapshot
  const earlier = running.split(',').filter((xid) => xid !== '' && BigInt(xid) < end)
  return [BigInt(xmin) < end ? xmin : end, end, earlier.join(',')].join(':')
}

/** The number of the last transaction whose rows count as seen: that of the newest row when the cursor was written. */
export function lastSeen(cursor: Cursor | undefined): string {
  return String(BigInt(cursor?.to.split(':')[1] ?? 1) - 1n)
}

/** Writes a cursor for the wire. */
export function writeCursor({ history, start, to, anchor, page }: Cursor): string {
  const rest = page ? `.${page.from === undefined ? '' : pack(page.from)}.${hex(BigInt(page.id))}` : ''
  const row = anchor ? `-${hex(BigInt(anchor.id))}-${hex(BigInt(anchor.until))}-${anchor.hash}` : ''
  return `${history}-${start}${row}.${pack(to)}${rest}`
}

/** Reads a cursor from the wire; `undefined` for anything else. */
export function readCursor(text: string): Cursor | undefined {
  const [, history = '', start = '', row, until = '', hash = '', to = '', from, id] = CURSOR.exec(text) ?? []
  if (!history) return undefined
  const anchor = row === undefined ? undefined : { id: String(number(row)), until: String(number(until)), hash }
  const page =
    id === undefined ? undefined : { from: from === undefined ? undefined : unpack(from), id: String(number(id)) }
  return { history, start, to: unpack(to), ...(anchor && { anchor }), ...(page && { page }) }
}

/** Numbers relative to the first, because a snapshot can contain hundreds of them. */
function pack(snapshot: string): string {
  const [xmin = '', xmax = '', running = ''] = snapshot.split(':')
  const offset = (xid: string): string => hex(BigInt(xid) - BigInt(xmin))
  const others = running ? running.split(',').map(offset) : []
  return [hex(BigInt(xmin)), offset(xmax), others.join('_')].join('-')
}

function unpack(packed: string): string {
  const [xmin = '', xmax = '', running = ''] = packed.split('-')
  const xid = (offset: string): bigint => number(xmin) + number(offset)
  const others = running ? running.split('_').map(xid) : []
  return [number(xmin), xid(xmax), others.join(',')].join(':')
}

function hex(number: bigint): string {
  return number.toString(16)
}

function number(hex: string): bigint {
  return BigInt(`0x${hex}`)
}
