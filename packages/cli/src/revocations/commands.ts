import { Command } from 'commander'
import { date, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import { issuerDetails, sessionDetails, userDetails } from './help.ts'
import type { RevokeIssuedOptions } from './run-revoke-issued.ts'

/** 30 days: an entry that ends too early lets tokens back in, and one that ends late costs 100 bytes. */
const TOKEN_LIFETIME_S = 2_592_000

/** `backend-logout revoke-user` */
export function revokeUserCommand(run: RunCommand): Command {
  const command = entryCommand('revoke-user')
    .summary('make your services refuse the tokens of a user')
    .description('Adds a user to the revocation list that your services follow.')
    .requiredOption('--sub <subject>', "the user: the tokens' sub claim")
    .option('--issued-before <date>', 'only tokens issued up to this time (default: now)', date('--issued-before'))
  return withRun(command, run, userDetails)
}

/** `backend-logout revoke-session` */
export function revokeSessionCommand(run: RunCommand): Command {
  const command = entryCommand('revoke-session')
    .summary('make your services refuse the tokens of a session')
    .description('Adds a session to the revocation list that your services follow.')
    .requiredOption('--sid <session>', "the session: the tokens' sid claim")
    .option('--issued-before <date>', 'only tokens issued up to this time (default: now)', date('--issued-before'))
  return withRun(command, run, sessionDetails)
}

/** `backend-logout revoke-issuer` */
export function revokeIssuerCommand(run: RunCommand): Command {
  const command = entryCommand('revoke-issuer')
    .summary('make your services refuse all tokens of an issuer up to a time')
    .description('Adds all tokens that an issuer issued up to a time to the revocation list. This logs out everyone.')
    .requiredOption('--issued-before <date>', 'end of the incident', date('--issued-before'))
  return withRun(command, run, issuerDetails)
}

function entryCommand(name: string): Command {
  const iss = 'issuer of the tokens: their iss claim, exactly as they contain it'
  return new Command(name).requiredOption('--iss <issuer>', iss)
}

function withRun(command: Command, run: RunCommand, details: string): Command {
  return command
    .option(
      '--token-lifetime <seconds>',
      'maximum lifetime of an access token',
      wholeNumber('--token-lifetime', 1, 3_153_600_000),
      TOKEN_LIFETIME_S,
    )
    .option('--revocations <store>', 'location of the revocation log, instead of REVOCATIONS_STORE')
    .option('-q, --quiet', 'print errors only')
    .option('--json', 'write the entry as JSON')
    .addHelpText('after', details)
    .action((options: RevokeIssuedOptions) =>
      run(async (terminal) => (await import('./run-revoke-issued.ts')).runRevokeIssued(options, terminal)),
    )
}
