import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { tokenTypeHint } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { IntrospectCommandOptions } from './run-introspect.ts'

const DETAILS = `
FILE holds the token alone, or a JSON object with "token". '-' is standard
input, and the default.

Examples:
  $ backend-logout introspect token.txt
  $ backend-logout introspect < token.txt >/dev/null && echo 'still alive'
  $ pbpaste | backend-logout introspect --json

Exit codes:
  0    the provider calls the token active
  1    it calls it inactive: revoked, expired, unknown, or none of this
       application's business
  2    wrong usage, settings or files; nothing was sent
  3    the provider refused the application, or could not be asked`

/** `backend-logout introspect` */
export function introspectCommand(run: RunCommand): Command {
  const command = new Command('introspect')
    .summary('ask whether a token is active')
    .description('Asks the provider about one token (RFC 7662).')
    .argument('[file]', "file with the token, or '-' for standard input", '-')
    .option(
      '--token-type-hint <type>',
      'what the token is, such as access_token or refresh_token',
      tokenTypeHint('--token-type-hint'),
    )
    .option('--strict', 'GenAuth only: also call the tokens of deleted or suspended users inactive')
    .option('--json', "write the provider's whole answer as JSON")
    .addHelpText('after', DETAILS)
  addConnectionOptions(command)
  return command.action((file: string, options: IntrospectCommandOptions) =>
    run(async (terminal) => (await import('./run-introspect.ts')).runIntrospect(file, options, terminal)),
  )
}
