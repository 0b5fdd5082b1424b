import { printable } from '../terminal/printable.ts'
import { endpointsIn } from './endpoints.ts'
import type { JournalKey } from './journal-key.ts'
import { parseLines } from './line-set.ts'

/** The application and the options with which a journal's tokens are revoked. None of it is secret. */
export interface JournalIdentity {
  /** The provider's address, as it was configured. */
  readonly provider: string
  /** The application's id. */
  readonly app: string
  /** True if only tokens that introspection proves inactive count as confirmed. */
  readonly verify: boolean
  /** The column or member that the tokens are in; `undefined` where each line is a token. */
  readonly column?: string | undefined
  /** The fingerprint of the conditions of `--where`; `undefined` without conditions. */
  readonly where?: string | undefined
  /** True if tokens are added to a revocation log first; `undefined` if that is unknown and irrelevant. */
  readonly listed?: boolean | undefined
}

/** The position up to which the input was read, and the sum of everything before it. */
export interface Checkpoint {
  /** The number of lines. */
  readonly read: number
  /** Of `keyedSum`, or in records of the first format of `unkeyedSum`. */
  readonly sum: string
}

/** True if the sum is from `keyedSum`. */
export function isKeyed({ sum }: Checkpoint): boolean {
  return !sum.includes('.')
}

/** One line of a journal, parsed. */
export type JournalRecord =
  | ({ readonly kind: 'header'; readonly format: 1 | 2; readonly started: string | undefined } & JournalIdentity)
  | ({
      readonly kind: 'progress'
      /** The lines whose tokens were confirmed since the record before. */
      readonly done: readonly (readonly [from: number, to: number])[]
      /** The lines whose tokens introspection called active before they were revoked, and that are not proven. */
      readonly active: readonly (readonly [from: number, to: number])[]
      /** The length of the output file at that time, in bytes. */
      readonly output: number | undefined
      /** The addresses that requests were sent to so far; empty if there is no new one. */
      readonly endpoints: readonly string[]
    } & Checkpoint)
  | { readonly kind: 'resumed'; readonly at: string | undefined }
  | {
      readonly kind: 'output'
      /** The sum of the start of an output that a run begins. */
      readonly start: string
    }

/** The beginning of each journal's first line, in any format. */
export const HEADER_START = '{"journal":"backend-logout revoke '
/** Journals of format 1 have records without a seal, and sums without a key. They are read, but no longer written. */
const FORMATS: readonly unknown[] = [undefined, 'backend-logout revoke 1', 'backend-logout revoke 2']
const SUM = /^[0-9a-f]{32}$/
const SEAL = /,"seal":"([0-9a-f]{32})"\}$/

/** Writes the first line of a journal, and the line that turns a journal of format 1 into one of format 2. */
export function formatHeader(
  key: JournalKey,
  { provider, app, verify, column, where, listed }: JournalIdentity,
  now: Date,
): string {
  return format(key, { journal: FORMATS[2], provider, app, verify, column, where, listed, started: now.toISOString() })
}

/** Writes the line with which another run continues the journal. */
export function formatResumed(key: JournalKey, now: Date): string {
  return format(key, { resumed: now.toISOString() })
}

/**
 * Writes the line that comes before the first outcome of an output.
 *
 * @param start From `startOfOutput`.
 */
export function formatOutputStart(key: JournalKey, start: Uint8Array): string {
  // Earlier versions read it as the start of a run at an unknown time.
  return format(key, { resumed: false, outputStart: key.startOf(start) })
}

/** The lines that a record of progress names, each from `formatLines`. */
export interface ProgressLines {
  readonly done: string
  readonly active?: string
}

/** Writes a line of progress. */
export function formatProgress(
  key: JournalKey,
  at: Checkpoint,
  { done, active = '' }: ProgressLines,
  output: number | undefined,
  endpoints?: readonly string[],
): string {
  const { read, sum } = at
  return format(key, { read, sum, done: done || undefined, active: active || undefined, output, endpoints })
}

function format(key: JournalKey, fields: object): string {
  const record = printable(JSON.stringify(fields))
  return `${record.slice(0, -1)},"seal":"${key.sealOf(record)}"}\n`
}

/**
 * Reads a line of a journal; `undefined` when it is not one, or not one that was written with this key.
 *
 * @param key Missing while the journal has format 1.
 */
export function parseRecord(line: string, key: JournalKey | undefined): JournalRecord | undefined {
  const seal = SEAL.exec(line)
  const text = seal ? `${line.slice(0, seal.index)}}` : line
  if (key && seal?.[1] !== key.sealOf(text)) return undefined
  let fields: Readonly<Record<string, unknown>>
  try {
    fields = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof fields !== 'object' || fields === null) return undefined
  if (fields.journal !== undefined) return parseHeader(fields)
  if (fields.resumed !== undefined) return parseResumed(fields)
  return parseProgress(fields, key ? SUM : /^[0-9a-f]{8}\.\d{1,15}$/)
}

function parseHeader(fields: Readonly<Record<string, unknown>>): JournalRecord | undefined {
  const { journal, provider, app, verify, column, where, listed } = fields
  const format = FORMATS.indexOf(journal)
  if (column !== undefined && typeof column !== 'string') return undefined
  if (where !== undefined && typeof where !== 'string') return undefined
  if (listed !== undefined && typeof listed !== 'boolean') return undefined
  if (format < 1 || typeof provider !== 'string' || typeof app !== 'string' || typeof verify !== 'boolean')
    return undefined
  const started = dateIn(fields.started)
  return { kind: 'header', format: format as 1 | 2, provider, app, verify, column, where, listed, started }
}

function parseResumed({ resumed, outputStart }: Readonly<Record<string, unknown>>): JournalRecord {
  return typeof outputStart === 'string' && SUM.test(outputStart)
    ? { kind: 'output', start: outputStart }
    : { kind: 'resumed', at: dateIn(resumed) }
}

function parseProgress(
  { read, sum, done = '', active = '', output, endpoints }: Readonly<Record<string, unknown>>,
  form: RegExp,
): JournalRecord | undefined {
  if (!isCount(read) || read === 0 || typeof sum !== 'string' || !form.test(sum)) return undefined
  if (typeof done !== 'string' || typeof active !== 'string' || (output !== undefined && !isCount(output)))
    return undefined
  const ranges = parseLines(done)
  const activeRanges = parseLines(active)
  if (!ranges?.every(([, to]) => to <= read) || !activeRanges?.every(([, to]) => to <= read)) return undefined
  return { kind: 'progress', read, sum, done: ranges, active: activeRanges, output, endpoints: endpointsIn(endpoints) }
}

function dateIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-[\d:.TZ-]{1,24}$/.test(value) ? value : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
