import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import type { RunCommand } from '../run-command.ts'
import type { DoctorCommandOptions } from './run-doctor.ts'

const DETAILS = `
It checks the settings, the connection, the provider's certificate and metadata,
which client authentication works at which endpoint, and how the provider
responds. For this, it revokes made-up tokens, which is harmless.

FILE has a token, or the JSON of a token response with access_token and
refresh_token; '-' is standard input. These tokens ARE REVOKED, the refresh
token first, to see whether they are inactive afterward, and whether revoking
one revokes the other. Without FILE, no real token is touched.

Examples:
  $ backend-logout doctor
  $ backend-logout doctor tokens.json
  $ backend-logout doctor --json | jq '.checks[] | select(.status == "problem")'

Exit codes:
  0    no problem found
  1    at least one problem found, in the settings or at the provider
  2    wrong usage, or FILE cannot be used`

/** `backend-logout doctor` */
export function doctorCommand(run: RunCommand): Command {
  const command = new Command('doctor')
    .summary('check the setup, and how the provider behaves')
    .description('Checks the setup and how the provider behaves, step by step, and says what to change.')
    .argument('[file]', "file with tokens that may be revoked, or '-' for standard input")
    .option('--json', 'write JSON')
    .addHelpText('after', DETAILS)
  addConnectionOptions(command)
  return command.action((file: string | undefined, options: DoctorCommandOptions) =>
    run(async (terminal) => (await import('./run-doctor.ts')).runDoctor(file, options, terminal)),
  )
}
