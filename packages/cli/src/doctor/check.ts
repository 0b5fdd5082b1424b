import { print, type Terminal } from '../terminal/terminal.ts'

/**
 * Result of one check.
 *
 * - `ok`: no change is required.
 * - `note`: worth knowing, but no change is required.
 * - `problem`: a change is required; `advice` describes it.
 * - `skipped`: could not be checked, because of an earlier problem or because something for it was not given.
 */
export type CheckStatus = 'ok' | 'note' | 'problem' | 'skipped'

/** Result of one step of the doctor. It contains no secret. */
export interface Check {
  /** The subject of the check. */
  readonly name: string
  readonly status: CheckStatus
  /** The observation. */
  readonly detail: string
  /** The advice. */
  readonly advice?: string | undefined
}

/** Receives checks as they are made. */
export type ReportCheck = (check: Check) => void

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', note: '·', problem: '✗', skipped: '-' }

const INDENT = 19

/** Writes one check for people, in lines that fit the terminal. */
export function printCheck(terminal: Terminal, { name, status, detail, advice }: Check): void {
  const { isTTY, columns } = terminal.stdout
  const width = isTTY ? Math.max(20, columns - INDENT) : Number.POSITIVE_INFINITY
  const [first = '', ...further] = wrap(detail, width)
  const [toDo, ...more] = advice === undefined ? [] : wrap(advice, width - 2)
  print(
    terminal,
    `${MARKS[status]} ${name.padEnd(INDENT - 3)} ${first}`,
    ...[...further, ...(toDo === undefined ? [] : [`→ ${toDo}`]), ...more.map((line) => `  ${line}`)].map(
      (line) => ' '.repeat(INDENT) + line,
    ),
  )
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

/** Writes the result of all checks. */
export function printDiagnosis(terminal: Terminal, checks: readonly Check[]): void {
  const problems = checks.filter(({ status }) => status === 'problem').length
  if (problems === 0) print(terminal, '', 'No problem found.')
  else print(terminal, '', `${problems} ${problems === 1 ? 'problem' : 'problems'} found, marked ${MARKS.problem}.`)
}
