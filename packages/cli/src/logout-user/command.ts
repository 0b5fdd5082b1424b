import { Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import type { LogoutUserOptions } from './run-logout-user.ts'

const DETAILS = `
It ends the sessions that the application has recorded in the session index of
@backend-logout/receiver in Postgres, and deletes them from the table in which
express-session keeps them with connect-pg-simple. Sessions that begin later
are not affected. The provider's clock may be up to a minute ahead of this
machine's.

  SESSIONS_STORE     the postgres:// address of the application's database
  REVOCATIONS_STORE  the revocation log, if your services follow one: they then
                     refuse the user's access tokens as well
  OUTBOX_STORE, OUTBOX_KEYS_FILE
                     the outbox, if you have one: its workers then revoke the
                     tokens in the sessions at the provider

Examples:
  $ backend-logout logout-user --iss https://id.example.com --sub alice
  $ backend-logout logout-user --iss https://id.example.com --sid 08a5019c-17e1

Exit codes:
  0    the sessions have ended; everything is stored, and durable
  1    the sessions have ended, but the tokens in some of them could not be read
  2    wrong usage or settings; nothing is changed
  4    a store cannot be used; run the command again`

/** `backend-logout logout-user` */
export function logoutUserCommand(run: RunCommand): Command {
  return new Command('logout-user')
    .summary("end a user's sessions at your application")
    .description('Ends all sessions of a user at your application, or one session, and their tokens.')
    .requiredOption('--iss <issuer>', 'the provider: the iss claim of its ID tokens, exactly as they contain it')
    .option('--sub <subject>', "the user: the ID tokens' sub claim")
    .option('--sid <session>', "only this session: the ID tokens' sid claim")
    .option('--sessions <address>', "the application's database, instead of SESSIONS_STORE")
    .option('--index-schema <name>', 'the schema of the session index', 'backend_logout_sessions')
    .option('--table <name>', 'the table of connect-pg-simple', 'session')
    .option('--tokens-at <path>', 'path of accessToken and refreshToken in a session, such as auth.tokens', 'tokens')
    .option('--revocations <store>', 'location of the revocation log, instead of REVOCATIONS_STORE')
    .option('--outbox <store>', 'location of the outbox, instead of OUTBOX_STORE')
    .option('--keys-file <file>', 'file with the keys of the outbox, instead of OUTBOX_KEYS_FILE')
    .option('-q, --quiet', 'print errors only')
    .option('--json', 'write the result as JSON')
    .addHelpText('after', DETAILS)
    .action((options: LogoutUserOptions) =>
      run(async (terminal) => (await import('./run-logout-user.ts')).runLogoutUser(options, terminal)),
    )
}
