import type { RevocationLog } from '@backend-logout/revocations/server'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { readStore } from '../store-option.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The option that names a revocation log instead of the environment. */
export interface LogLocation {
  readonly revocations?: string
}

/**
 * Opens the revocation log that the option or the environment names, if either does.
 *
 * @throws CommandError, RevocationError
 */
export async function openLogIfNamed(
  { revocations }: LogLocation,
  terminal: Terminal,
): Promise<RevocationLog | undefined> {
  const address = readStore({ option: '--revocations', variable: 'REVOCATIONS_STORE' }, revocations, terminal)
  if (!address) return undefined
  if (address.isMissing) {
    // A new log has no readers: the command would report success, and every service would still accept the tokens.
    throw new CommandError(
      ExitCode.usage,
      `The folder in ${address.name} does not exist. Name the log that your services follow.`,
    )
  }
  // Loaded only now, because most commands need no database.
  const { openRevocationLog } = await import('@backend-logout/revocations/server')
  return openRevocationLog({ store: address.store })
}

/**
 * Opens the revocation log that the option or the environment names.
 *
 * @throws CommandError, RevocationError
 */
export async function openLog(location: LogLocation, terminal: Terminal): Promise<RevocationLog> {
  const log = await openLogIfNamed(location, terminal)
  if (log) return log
  throw new CommandError(
    ExitCode.usage,
    'REVOCATIONS_STORE is not set: the postgres:// address of the revocation log, or its folder. You can also pass ' +
      '--revocations.',
  )
}
