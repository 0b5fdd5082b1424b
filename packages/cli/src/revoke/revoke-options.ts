import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { ColumnOptions } from '../input/column-options.ts'
import type { LogLocation } from '../revocations/open.ts'
import type { ClientOptions } from './clients.ts'
import type { PaceLocation } from './workers-pace.ts'

/** The options of `backend-logout revoke`. */
export interface RevokeCommandOptions extends ClientOptions, ColumnOptions, LogLocation, PaceLocation {
  readonly concurrency: number
  readonly rate?: number
  readonly verify?: boolean
  readonly tokenTypeHint?: string
  readonly output?: string
  readonly journal?: string
  readonly dryRun?: boolean
  readonly report?: string
  readonly signKey?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

/**
 * Adds the files that a report needs: an output, as it has the outcomes of the tokens; and a journal, so that a run that
 * was killed continues the same output.
 *
 * @throws CommandError when the options do not allow one
 */
export function withReportFiles(options: RevokeCommandOptions): RevokeCommandOptions {
  const { report, signKey } = options
  if (report === undefined) {
    if (signKey !== undefined)
      throw new CommandError(ExitCode.usage, '--sign-key signs a report: pass --report as well.')
    return options
  }
  // It is created only at the end of the run.
  if (report === '') throw new CommandError(ExitCode.usage, '--report must be the name of a file.')
  const base = report.replace(/\.json$/, '')
  const { output = `${base}.outcomes.ndjson`, journal = `${base}.journal` } = options
  if (output === '-') {
    throw new CommandError(
      ExitCode.usage,
      '--report needs the outcomes in a file: --output must not be standard output.',
    )
  }
  return { ...options, output, journal }
}

/** The files that a run over another input needs, for messages: `another file for --report`. */
export function otherFilesThan(given: RevokeCommandOptions): string {
  const names = (['report', 'output', 'journal'] as const).filter((name) => (given[name] ?? '-') !== '-')
  const options = names.map((name) => `--${name}`)
  return options.length === 1 ? `another file for ${options[0]}` : `other files for ${listed(options)}`
}

function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')
}

/** The number of requests per token without failures: verification adds one before and one after. */
export function requestsPerToken({ verify }: RevokeCommandOptions): number {
  return verify ? 3 : 1
}
