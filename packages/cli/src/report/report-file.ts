import { readFileSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFile, findFileOrLink } from '../files/found-file.ts'
import { openPrivate } from '../files/private-file.ts'
import { shownName } from '../files/shown-name.ts'
import { printable } from '../terminal/printable.ts'
import type { FileDigest } from './file-digest.ts'
import { OUTCOMES, type Outcome, type OutcomeCount } from './outcome-count.ts'

/** The record of a run, as evidence. Documented in the README. */
export interface AuditReport {
  readonly report: typeof FORMAT
  readonly tool: { readonly name: string; readonly version: string }
  readonly application: string
  readonly provider: string
  /** The addresses that requests were sent to. */
  readonly endpoints: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  /** When each run over this input started; the last one is this one. */
  readonly runs: readonly string[]
  readonly endedAt: string
  readonly complete: boolean
  readonly exitCode: number
  readonly input: FileDigest
  readonly output: FileDigest & Pick<OutcomeCount, 'lines'>
  /** Rows by their last outcome. */
  readonly counts: Readonly<Record<Outcome, number>>
  /** Rows that were left out on purpose; known only once the input was read to its end. */
  readonly leftOut: { readonly filtered: number; readonly empty: number } | null
}

export const FORMAT = 'backend-logout report 1'
const START = `{\n  "report": "${FORMAT}"`
const MAX_BYTES = 1_048_576
/**
 * Checks that a report may be written there: the file is missing, or it is a report.
 *
 * @throws CommandError
 */
export function checkReportPath(path: string): void {
  const found = findFileOrLink(path, 'The report')
  if (found && !(found.isFile() && isReportFile(path))) {
    throw new CommandError(ExitCode.usage, `${path} is not a report. Name another file for --report.`)
  }
}

/**
 * Checks that the outcomes can be read from an output again: it is a file, or missing.
 *
 * @throws CommandError
 */
export function checkOutcomesFile(path: string): void {
  const found = findFile(path, 'The output')
  if (!found || found.isFile()) return
  throw new CommandError(
    ExitCode.usage,
    '--report needs the outcomes in a file: --output must be a regular file, not a folder, device or pipe.',
  )
}

/**
 * Checks that a report can be written there: its folder may be read-only.
 *
 * @throws CommandError
 */
export async function checkReportFolder(path: string): Promise<void> {
  const fresh = freshPath(path)
  await rm(fresh, { force: true })
  await using _ = await openPrivate(fresh, 'The report', { exclusive: true })
  await rm(fresh)
}

/** The file that becomes the report once it is complete. */
function freshPath(path: string): string {
  return `${path}.${process.pid}.tmp`
}

/** The report in a file; `undefined` if it is missing, or another file. */
export function findReport(path: string): AuditReport | undefined {
  try {
    return parseReport(readReport(path), path)
  } catch {
    return undefined
  }
}

/** True for a report, also for one that another program has formatted, or a part of one. */
function isReportFile(path: string): boolean {
  try {
    return readReport(path).startsWith(START) || findReport(path) !== undefined
  } catch {
    return false
  }
}

function readReport(path: string): string {
  if (statSync(path).size > MAX_BYTES) return ''
  // Editors on Windows write a BOM, which JSON must not have.
  return readFileSync(path, 'utf8').replace(/^\ufeff/, '')
}

/** Writes a report as text. */
export function formatReport(report: AuditReport): string {
  return `${JSON.stringify(report, undefined, 2).split('\n').map(printable).join('\n')}\n`
}

/** Reads a report, which anyone may have written. @throws CommandError if it is not one */
export function parseReport(text: string, path: string): AuditReport {
  let value: unknown
  try {
    if (text.length <= MAX_BYTES) value = JSON.parse(text)
  } catch {}
  if (isReport(value)) return value
  throw new CommandError(ExitCode.usage, `${path} is not a report of 'backend-logout revoke --report'.`)
}

/** Checks all members that a command reads. */
function isReport(value: unknown): value is AuditReport {
  const { report, tool, application, provider, endpoints, runs, endedAt, complete, input, output, counts } =
    membersOf(value)
  const { name, version } = membersOf(tool)
  return (
    report === FORMAT &&
    [name, version, application, provider, endedAt].every(isText) &&
    [endpoints, runs].every((list) => Array.isArray(list) && list.every(isText)) &&
    (runs as readonly string[]).length > 0 &&
    typeof complete === 'boolean' &&
    isDigest(input) &&
    isDigest(output) &&
    OUTCOMES.every((outcome) => isCount(membersOf(counts)[outcome]))
  )
}

function isDigest(value: unknown): boolean {
  const { name, bytes, sha256 } = membersOf(value)
  return isText(name) && isCount(bytes) && isText(sha256) && /^[0-9a-f]{64}$/.test(sha256)
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/**
 * Writes a private file atomically, and replaces an existing one.
 *
 * @throws CommandError when it cannot be written
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = freshPath(path)
  try {
    await rm(fresh, { force: true })
    {
      await using file = await openPrivate(fresh, 'The report', { exclusive: true })
      await file.writeFile(text)
      await file.sync()
    }
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {})
    // The run is over, so this is no longer wrong usage.
    if (error instanceof CommandError) throw new CommandError(ExitCode.stopped, error.message)
    throw new CommandError(
      ExitCode.stopped,
      `${shownName(path, 'The report')} cannot be written: ${describeSystemError(error)}. The output and the journal are complete; run ` +
        'the same command again to write the report.',
    )
  }
}
