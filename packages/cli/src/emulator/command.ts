import { Command, Option } from 'commander'
import { oneOf, webAddress, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import type { EmulatorCommandOptions } from './run-emulator.ts'

const DETAILS = `
It prints the environment variables with which all other commands use it, and
runs until Ctrl-C. It listens on 127.0.0.1 only.

Examples:
  $ backend-logout emulator
  $ backend-logout emulator --port 4000 --issue-tokens 10000
  $ backend-logout emulator --app basic --opaque --json
  $ backend-logout emulator --logout-redirect-uri http://localhost:3000/goodbye

In another terminal, sign a user in, and see what logging out does:
  $ curl -s --json '{"user":"alice"}' "$AUTHING_APP_HOST/emulator/sign-in" \\
      > tokens.json
  $ backend-logout doctor tokens.json

Exit codes:
  0    stopped by Ctrl-C or SIGTERM
  2    wrong usage, or the port is in use
  4    the file of --tokens-file cannot be written`

const APPS = ['post', 'basic', 'none'] as const

/** `backend-logout emulator` */
export function emulatorCommand(run: RunCommand): Command {
  const command = new Command('emulator')
    .summary('run a local provider for testing')
    .description('Runs a local GenAuth-compatible provider for testing.')
    .option('-p, --port <number>', 'the port to listen on; 0 picks a free one', wholeNumber('--port', 0, 65_535), 0)
    .addOption(
      new Option('--app <name>', 'the client authentication of the printed application')
        .choices(APPS)
        .argParser(oneOf('--app', APPS))
        .default('post'),
    )
    .option(
      '--redirect-uri <url>',
      'the registered login callback (default: http://localhost:3000/callback)',
      webAddress('--redirect-uri'),
    )
    .option(
      '--logout-redirect-uri <url>',
      'the registered logout callback (default: http://localhost:3000/)',
      webAddress('--logout-redirect-uri'),
    )
    .option('--opaque', 'issue opaque access tokens instead of JWTs')
    .option('--cascade', 'also revoke the refresh token when its access token is revoked')
    .option(
      '--issue-tokens <number>',
      'issue this many access tokens and write them to a file',
      wholeNumber('--issue-tokens', 0, 200_000),
    )
    .option('--tokens-file <file>', 'the file for --issue-tokens (default: tokens.txt)')
    .option('--json', 'write JSON')
    .addHelpText('after', DETAILS)
  return command.action((options: EmulatorCommandOptions) =>
    run(async (terminal) => (await import('./run-emulator.ts')).runEmulator(options, terminal)),
  )
}
