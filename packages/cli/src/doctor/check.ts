import { print, type Terminal } from '../terminal.ts'

/**
 * How one check came out.
 *
 * - `ok`: as it should be.
 * - `note`: worth knowing, and no reason to change anything.
 * - `problem`: to be changed; `advice` says how.
 * - `skipped`: could not be checked, because of an earlier problem or because something for it was not given.
 */
export type CheckStatus = 'ok' | 'note' | 'problem' | 'skipped'

/** What the doctor found out in one step. It holds no secret. */
export interface Check {
  /** What was checked. */
  readonly name: string
  readonly status: CheckStatus
  /** What was seen. */
  readonly detail: string
  /** What to change. */
  readonly advice?: string | undefined
}

/** Receives checks as they are made. */
export type ReportCheck = (check: Check) => void

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', note: '·', problem: '✗', skipped: '-' }

/** Writes one check for people. */
export function printCheck(terminal: Terminal, { name, status, detail, advice }: Check): void {
  print(terminal, `${MARKS[status]} ${name.padEnd(16)} ${detail}`)
  if (advice) print(terminal, `${' '.repeat(19)}→ ${advice}`)
}

/** Writes what all checks come to. */
export function printDiagnosis(terminal: Terminal, checks: readonly Check[]): void {
  const problems = checks.filter(({ status }) => status === 'problem').length
  if (problems === 0) print(terminal, '\nNo problem found.')
  else print(terminal, `\n${problems} ${problems === 1 ? 'problem' : 'problems'} found, marked ${MARKS.problem}.`)
}
