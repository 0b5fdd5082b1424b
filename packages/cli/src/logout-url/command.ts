import { Command, Option } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { oneOf, parameters } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { LogoutUrlCommandOptions } from './run-logout-url.ts'

const DETAILS = `
If you pass an ID token, the URL contains it: protect it like the token.
Many servers refuse a URL of more than 4,000 characters. --form writes an HTML
form to post instead.

Examples:
  $ backend-logout logout-url --id-token-file id-token.txt \\
      --redirect-uri https://app.example.com/
  $ backend-logout logout-url --kind generic \\
      --redirect-uri https://app.example.com/
  $ backend-logout logout-url --parameter federated \\
      --parameter logout_uri=https://app.example.com/

Exit codes:
  0    the URL or the form was printed
  2    wrong usage, settings or files
  3    the provider has no such page, or its metadata could not be fetched`

const KINDS = ['oidc', 'generic', 'cas'] as const

/** `backend-logout logout-url` */
export function logoutUrlCommand(run: RunCommand): Command {
  const command = new Command('logout-url')
    .summary("print the URL that ends a user's session at the provider")
    .description("Prints the URL that ends the provider's session in a user's browser.")
    .option('--id-token-file <file>', "the user's ID token, from a file or, with '-', from standard input")
    .option('--redirect-uri <url>', 'address that the provider sends the user to; must be registered there')
    .option('--state <text>', 'value that the provider returns unchanged')
    .addOption(
      new Option('--kind <kind>', "one of GenAuth's logout pages").choices(KINDS).argParser(oneOf('--kind', KINDS)),
    )
    .option(
      '--parameter <name=value>',
      'additional parameter, or a name without a value; can be repeated',
      parameters('--parameter'),
    )
    .option('--form', 'write an HTML form to post instead of the URL')
    .option('--json', 'write JSON')
    .addHelpText('after', DETAILS)
  addConnectionOptions(command)
  return command.action((options: LogoutUrlCommandOptions) =>
    run(async (terminal) => (await import('./run-logout-url.ts')).runLogoutUrl(options, terminal)),
  )
}
