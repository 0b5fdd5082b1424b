import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { tokenTypeHint, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { RevokeCommandOptions } from './run-revoke.ts'

const DETAILS = `
FILE holds one token a line, or one JSON object a line with "token" and, if
wanted, "token_type_hint"; both may be mixed. '-' is standard input, and the
default. Tokens are never taken from arguments.

A run with a journal that was interrupted, even by kill -9, goes on where it was
when the same command is given again. It also tries again what was not revoked,
and revokes nothing twice that was confirmed.

Examples:
  $ backend-logout revoke tokens.txt
  $ backend-logout revoke tokens.txt --output fate.ndjson --journal tokens.journal
  $ zcat tokens.gz | backend-logout revoke - --concurrency 128 --quiet
  $ psql -Atc 'select token from sessions' | backend-logout revoke --verify --json

Exit codes:
  0    every token is revoked; with --verify, proven so
  1    some token is not revoked: it must be assumed to work still
  2    wrong usage, settings or files; nothing was sent
  3    the provider refused the application itself, or its address is wrong
  4    the run had to stop, as a file could not be read or written
  130  interrupted; what was in flight has been waited for`

/** `backend-logout revoke` */
export function revokeCommand(run: RunCommand): Command {
  const command = new Command('revoke')
    .summary('revoke tokens: one, or millions')
    .description('Revokes every token of a file or of standard input.')
    .argument('[file]', "file of tokens, or '-' for standard input", '-')
    .option(
      '-c, --concurrency <number>',
      'how many requests may be in flight, 1 to 10000',
      wholeNumber('--concurrency', 1, 10_000),
      32,
    )
    .option('--verify', 'make sure by introspection that each token was active before and is inactive after')
    .option(
      '--token-type-hint <type>',
      'what the tokens are, such as access_token or refresh_token',
      tokenTypeHint('--token-type-hint'),
    )
    .option('-o, --output <file>', "write the fate of each token as NDJSON, by fingerprint; '-' is standard output")
    .option('-j, --journal <file>', 'remember what is confirmed, so that the run can be resumed')
    .option('-q, --quiet', 'say nothing but errors')
    .option('--json', 'write the summary as JSON')
    .addHelpText('after', DETAILS)
  addConnectionOptions(command)
  command.action((file: string, options: RevokeCommandOptions) =>
    run(async (terminal) => (await import('./run-revoke.ts')).runRevoke(file, options, terminal)),
  )
  return command
}
