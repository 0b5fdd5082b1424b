import { Command } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { addColumnOptions } from '../input/column-options.ts'
import { tokenTypeHint, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { RevokeCommandOptions } from './revoke-options.ts'

const DETAILS = `
FILE has one token per line, or one JSON object per line with "token" and,
optionally, "token_type_hint"; you can mix both. '-' is standard input, which is
the default. Tokens are never taken from arguments.

With --column, FILE is a table with a heading (CSV, TSV), or has one JSON object
per line. --clients names a file such as
  {"app-web": {"secret": "...", "clientAuth": "client_secret_basic"},
   "app-spa": {"clientAuth": "none"}}

With the postgres:// address of an outbox in --outbox or OUTBOX_STORE, the run
and the workers of that outbox send no more than the provider admits together.
Users who log out go first. The run waits while that database is down.

To resume a run with a journal that was interrupted, even by kill -9, run the
same command again. It skips confirmed tokens and retries the others. Keep the
journal's key, JOURNAL.key, next to it.

Examples:
  $ backend-logout revoke tokens.txt
  $ backend-logout revoke tokens.txt --output out.ndjson --journal run.journal
  $ backend-logout revoke leaked.csv --column token --where client_id=app-web \\
      --keep user_id --rate 280 --dry-run
  $ zcat tokens.gz | backend-logout revoke - --concurrency 128 --quiet
  $ psql -Atc 'select token from sessions' | backend-logout revoke --verify --json

Exit codes:
  0    every token is revoked; with --verify, verified by introspection
  1    at least one token was not revoked; assume it is still active
  2    wrong usage, settings or files; nothing was sent
  3    the provider rejected the application, or its address is wrong
  4    the run stopped because a file or a store could not be used
  130  interrupted, after waiting for the requests in flight`

/** `backend-logout revoke` */
export function revokeCommand(run: RunCommand): Command {
  const command = new Command('revoke')
    .summary('revoke tokens: one, or millions')
    .description('Revokes every token of a file or of standard input.')
    .argument('[file]', "file of tokens, or '-' for standard input", '-')
    .option(
      '-c, --concurrency <number>',
      'maximum number of requests in flight, 1 to 10000',
      wholeNumber('--concurrency', 1, 10_000),
      32,
    )
    .option('--verify', 'check by introspection that each token is active before and inactive after')
    .option(
      '--token-type-hint <type>',
      'type of the tokens, such as access_token or refresh_token',
      tokenTypeHint('--token-type-hint'),
    )
    .option('-o, --output <file>', "write the outcome of each token as NDJSON, by fingerprint; '-' is standard output")
    .option('-j, --journal <file>', 'record confirmed tokens, so that the run can be resumed')
    .option('--revocations <store>', 'add access tokens to the revocation log first; default: REVOCATIONS_STORE')
    .option(
      '--rate <number>',
      'maximum number of requests per second, including retries',
      wholeNumber('--rate', 1, 100_000),
    )
    .option('--outbox <store>', 'share the pace of the workers of this outbox; default: OUTBOX_STORE')
    .option('--dry-run', 'read all input and report what a run would do; send nothing')
    .option('--report <file>', 'write a report for an auditor, with an output and a journal next to it')
    .option('--sign-key <file>', 'sign the report with this private key, in PEM or as a JWK')
    .option('-q, --quiet', 'print errors only')
    .option('--json', 'write the summary as JSON')
    .addHelpText('after', DETAILS)
  addColumnOptions(command)
    .option('--client-column <name>', 'the column with the id of the client that each token belongs to')
    .option('--clients <file>', 'private JSON file with the credentials of these clients')
  addConnectionOptions(command)
  command.action((file: string, options: RevokeCommandOptions) =>
    run(async (terminal) => (await import('./run-revoke.ts')).runRevoke(file, options, terminal)),
  )
  return command
}
