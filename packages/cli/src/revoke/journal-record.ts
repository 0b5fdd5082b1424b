import { parseLines } from './line-set.ts'

/** For whom and how a journal's tokens are revoked. None of it is secret. */
export interface JournalIdentity {
  /** The provider's address, as it was configured. */
  readonly provider: string
  /** The application's id. */
  readonly app: string
  /** Whether only what introspection proves counts as confirmed. */
  readonly verify: boolean
}

/** How far the input was read, and the digest of all of it up to there. */
export interface Checkpoint {
  /** The number of lines. */
  readonly read: number
  /** See {@link LineReader.digest}. */
  readonly sum: string
}

/** What one line of a journal says. */
export type JournalRecord =
  | ({ readonly kind: 'header' } & JournalIdentity)
  | ({
      readonly kind: 'progress'
      /** The lines whose tokens were confirmed since the record before. */
      readonly done: readonly (readonly [from: number, to: number])[]
      /** How long the output file was then, in bytes. */
      readonly output: number | undefined
    } & Checkpoint)
  | { readonly kind: 'resumed' }

const FORMAT = 'backend-logout revoke 1'

/** Writes the first line of a journal. */
export function formatHeader({ provider, app, verify }: JournalIdentity, now: Date): string {
  return `${JSON.stringify({ journal: FORMAT, provider, app, verify, started: now.toISOString() })}\n`
}

/** Writes the line that says that another run goes on with the journal. */
export function formatResumed(now: Date): string {
  return `{"resumed":"${now.toISOString()}"}\n`
}

/** Writes a line of progress. `done` is from `formatLines`. */
export function formatProgress({ read, sum }: Checkpoint, done: string, output: number | undefined): string {
  return `{"read":${read},"sum":"${sum}"${done && `,"done":"${done}"`}${output === undefined ? '' : `,"output":${output}`}}\n`
}

/** Reads a line of a journal; `undefined` when it is none. */
export function parseRecord(text: string): JournalRecord | undefined {
  let fields: Readonly<Record<string, unknown>>
  try {
    fields = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof fields !== 'object' || fields === null) return undefined
  const { journal, provider, app, verify, resumed, read, sum, done = '', output } = fields
  if (journal !== undefined) {
    const valid =
      journal === FORMAT && typeof provider === 'string' && typeof app === 'string' && typeof verify === 'boolean'
    return valid ? { kind: 'header', provider, app, verify } : undefined
  }
  if (resumed !== undefined) return { kind: 'resumed' }
  if (!isCount(read) || read === 0 || typeof sum !== 'string' || !/^[0-9a-f]{8}\.\d{1,15}$/.test(sum)) return undefined
  if (typeof done !== 'string' || (output !== undefined && !isCount(output))) return undefined
  const ranges = parseLines(done)
  if (!ranges?.every(([, to]) => to <= read)) return undefined
  return { kind: 'progress', read, sum, done: ranges, output }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
