import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { tokenTypeHint } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { IntrospectCommandOptions } from './run-introspect.ts'

const DETAILS = `
FILE has the token, or a JSON object with "token". '-' is standard input, which
is the default.

Examples:
  $ backend-logout introspect token.txt
  $ backend-logout introspect < token.txt >/dev/null && echo 'still active'
  $ pbpaste | backend-logout introspect --json

Exit codes:
  0    the provider calls the token active
  1    the provider calls it inactive: revoked, expired, unknown, or a token that
       this application may not introspect
  2    wrong usage, settings or files; nothing was sent
  3    the provider rejected the application, or could not be reached`

/** `backend-logout introspect` */
export function introspectCommand(run: RunCommand): Command {
  const command = new Command('introspect')
    .summary('check whether a token is active')
    .description('Introspects one token (RFC 7662).')
    .argument('[file]', "file with the token, or '-' for standard input", '-')
    .option(
      '--token-type-hint <type>',
      'what the token is, such as access_token or refresh_token',
      tokenTypeHint('--token-type-hint'),
    )
    .option('--strict', 'GenAuth only: tokens of deleted or suspended users count as inactive')
    .option('--json', "write the provider's response as JSON")
    .addHelpText('after', DETAILS)
  addConnectionOptions(command)
  return command.action((file: string, options: IntrospectCommandOptions) =>
    run(async (terminal) => (await import('./run-introspect.ts')).runIntrospect(file, options, terminal)),
  )
}
