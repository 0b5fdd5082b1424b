import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { addColumnOptions } from '../input/column-options.ts'
import { oneOf, tokenTypeHint, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { IntrospectCommandOptions } from './ask-many.ts'

const DETAILS = `
FILE has the token, or a JSON object with "token". '-' is standard input, which
is the default.

For several tokens, only the number of active ones is shown; --output has a line
for each, by fingerprint.

Examples:
  $ backend-logout introspect leaked.csv --column token --sample 100 \\
      --expect inactive
  $ backend-logout introspect token.txt
  $ backend-logout introspect < token.txt >/dev/null && echo 'still active'
  $ pbpaste | backend-logout introspect --json

Exit codes:
  0    the provider reports the token as active
  1    the provider reports it as inactive: revoked, expired, unknown, or one that
       this application may not introspect
  2    wrong usage, settings or files; nothing was sent
  3    the provider rejected the application, or could not be reached`

/** `backend-logout introspect` */
export function introspectCommand(run: RunCommand): Command {
  const command = new Command('introspect')
    .summary('check whether tokens are active: one, many, or a sample')
    .description('Queries the provider for the state of tokens (RFC 7662).')
    .argument('[file]', "file with the token, or '-' for standard input", '-')
    .option(
      '--token-type-hint <type>',
      'type of the token, such as access_token or refresh_token',
      tokenTypeHint('--token-type-hint'),
    )
    .option('--strict', 'GenAuth only: tokens of deleted or suspended users count as inactive')
    .option(
      '--sample <number>',
      'introspect only this number of tokens, drawn at random',
      wholeNumber('--sample', 1, 100_000),
    )
    .option(
      '--expect <what>',
      'state that exit code 0 stands for: active or inactive',
      oneOf('--expect', ['active', 'inactive']),
    )
    .option(
      '-c, --concurrency <number>',
      'maximum number of requests in flight',
      wholeNumber('--concurrency', 1, 1_000),
      16,
    )
    .option('--rate <number>', 'maximum number of requests per second', wholeNumber('--rate', 1, 100_000))
    .option('-o, --output <file>', "write the state of each token as NDJSON; '-' is standard output")
    .option('--json', "write the provider's response as JSON")
    .addHelpText('after', DETAILS)
  addColumnOptions(command)
  addConnectionOptions(command)
  return command.action((file: string, options: IntrospectCommandOptions) =>
    run(async (terminal) => (await import('./run-introspect.ts')).runIntrospect(file, options, terminal)),
  )
}
