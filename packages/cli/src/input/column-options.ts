import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { ColumnChoice } from './column-choice.ts'
import { isSecretName } from './secret-names.ts'

/** The options of {@link addColumnOptions}. */
export interface ColumnOptions {
  readonly column?: string
  readonly where?: readonly Condition[]
  readonly keep?: readonly string[]
  readonly clientColumn?: string
}

type Condition = readonly [name: string, value: string]

const MAX_COLUMNS = 64

/** Adds the options that locate the tokens in a table or in JSON objects. */
export function addColumnOptions(command: Command): Command {
  return command
    .option('--column <name>', 'read a table (CSV, TSV) or JSON objects: the column or member that holds the token')
    .option(
      '--where <name=value>',
      'only rows with this value; several values of one name are alternatives',
      condition,
      [],
    )
    .option('--keep <names>', 'copy these columns into the output, separated by commas', names, [])
}

/**
 * Creates a choice of columns from options; `undefined` if the input has none.
 *
 * @throws CommandError when they do not go together
 */
export function columnChoice({ column, where = [], keep = [], clientColumn }: ColumnOptions): ColumnChoice | undefined {
  if (column === undefined && where.length === 0 && keep.length === 0 && clientColumn === undefined) return undefined
  const token = column ?? 'token'
  if (keep.includes(token) || keep.some(isSecretName)) {
    throw refusal('--keep must not name a column of tokens or secrets: what it names is written to files for others.')
  }
  const conditions = new Map<string, Set<string>>()
  for (const [name, value] of where) conditions.set(name, (conditions.get(name) ?? new Set()).add(value))
  return { token, client: clientColumn, where: conditions, keep: [...new Set(keep)] }
}

function condition(text: string, before: readonly Condition[]): Condition[] {
  const at = text.indexOf('=')
  if (at < 1) throw refusal('--where must be NAME=VALUE, such as client_id=app-web.')
  return bounded([...before, [text.slice(0, at).trim(), text.slice(at + 1).trim()]], '--where')
}

function names(text: string, before: readonly string[]): string[] {
  const found = text.split(',').map((name) => name.trim())
  if (found.some((name) => name === '')) throw refusal('--keep must be the names of columns, such as user_id,country.')
  return bounded([...before, ...found], '--keep')
}

function bounded<T>(values: T[], option: string): T[] {
  if (values.length > MAX_COLUMNS) throw refusal(`${option} can be given at most ${MAX_COLUMNS} times.`)
  return values
}

function refusal(message: string): CommandError {
  return new CommandError(ExitCode.usage, message)
}
