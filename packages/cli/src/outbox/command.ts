import { Command, Option } from 'commander'
import { addConnectionOptions } from '../connection-options.ts'
import { date, oneOf, wholeNumber } from '../option-value.ts'
import type { RunCommand } from '../run-command.ts'
import {
  addDetails,
  deadDetails,
  keyDetails,
  migrateDetails,
  outboxDetails,
  retryDetails,
  statsDetails,
  workDetails,
} from './help.ts'
import type { AddCommandOptions } from './run-add.ts'
import type { InspectCommandOptions, RetryCommandOptions } from './run-inspect.ts'
import type { KeyCommandOptions } from './run-key.ts'
import type { MigrateCommandOptions } from './run-migrate.ts'
import type { WorkCommandOptions } from './run-work.ts'

const LANES = ['interactive', 'backlog'] as const
const HINTS = ['access_token', 'refresh_token'] as const

/** `backend-logout outbox` */
export function outboxCommand(run: RunCommand): Command {
  const command = new Command('outbox')
    .summary("logouts that don't get lost: add, work, stats, dead, retry, migrate, key")
    .description('Keeps logouts in an outbox until the provider has revoked them.')
    .addHelpText('after', outboxDetails)
  for (const make of [addCommand, workCommand, statsCommand, deadCommand, retryCommand, migrateCommand, keyCommand]) {
    command.addCommand(make(run))
  }
  return command
}

function addCommand(run: RunCommand): Command {
  return withStore(new Command('add'))
    .summary('store logouts')
    .description('Stores a logout for each line of a file or of standard input.')
    .argument('[file]', "file of tokens, or '-' for standard input", '-')
    .addOption(
      new Option('--token-type-hint <type>', 'type of the tokens that are listed without one; default: access_token')
        .choices(HINTS)
        .argParser(oneOf('--token-type-hint', HINTS)),
    )
    .addOption(
      new Option('--lane <lane>', 'which logouts go first: interactive, then backlog')
        .choices(LANES)
        .argParser(oneOf('--lane', LANES))
        .default('backlog'),
    )
    .option('--expires-at <date>', 'expiry of tokens that do not contain one (opaque tokens)', date('--expires-at'))
    .option('--revocations <store>', 'add access tokens to the revocation log first; default: REVOCATIONS_STORE')
    .option('-q, --quiet', 'print errors only')
    .option('--json', 'write the summary as JSON')
    .addHelpText('after', addDetails)
    .action((file: string, options: AddCommandOptions) =>
      run(async (terminal) => (await import('./run-add.ts')).runAdd(file, options, terminal)),
    )
}

function workCommand(run: RunCommand): Command {
  return addConnectionOptions(withStore(new Command('work')))
    .summary('revoke stored logouts, until Ctrl-C')
    .description('Revokes stored logouts until Ctrl-C or SIGTERM.')
    .option(
      '-c, --concurrency <number>',
      'maximum number of logouts in progress, 1 to 1000',
      wholeNumber('--concurrency', 1, 1_000),
      32,
    )
    .option(
      '--health-port <port>',
      'answer GET /health and /metrics on this port, for probes and Prometheus',
      wholeNumber('--health-port', 0, 65_535),
    )
    .option('--health-host <address>', 'where to listen for probes; 0.0.0.0 in a container', '127.0.0.1')
    .option('--until-empty', 'stop when the outbox is empty, scheduled retries included')
    .option('-q, --quiet', 'print errors only')
    .option('--json', 'write the summary as JSON')
    .addHelpText('after', workDetails)
    .action((options: WorkCommandOptions) =>
      run(async (terminal) => (await import('./run-work.ts')).runWork(options, terminal)),
    )
}

function statsCommand(run: RunCommand): Command {
  return withStore(new Command('stats'))
    .summary('show the state of the outbox')
    .description('Shows the number of waiting logouts, and the age of the oldest.')
    .option('--json', 'write JSON')
    .addHelpText('after', statsDetails)
    .action((options: InspectCommandOptions) =>
      run(async (terminal) => (await import('./run-inspect.ts')).runStats(options, terminal)),
    )
}

function deadCommand(run: RunCommand): Command {
  return withStore(new Command('dead'))
    .summary('list dead letters')
    .description('Lists the dead letters: logouts that cannot be revoked with the current configuration.')
    .option('--json', 'write one JSON object per line')
    .addHelpText('after', deadDetails)
    .action((options: InspectCommandOptions) =>
      run(async (terminal) => (await import('./run-inspect.ts')).runDead(options, terminal)),
    )
}

function retryCommand(run: RunCommand): Command {
  return withStore(new Command('retry'))
    .summary('put dead letters back into the queue')
    .description('Puts dead letters back into the queue, after the configuration is fixed.')
    .argument('[id...]', "ids, as 'outbox dead' shows them")
    .option('--all', 'all current dead letters')
    .option('--json', 'write JSON')
    .addHelpText('after', retryDetails)
    .action((ids: string[], options: RetryCommandOptions) =>
      run(async (terminal) => (await import('./run-inspect.ts')).runRetry(ids, options, terminal)),
    )
}

function migrateCommand(run: RunCommand): Command {
  return withStore(new Command('migrate'))
    .summary('create or update the tables')
    .description('Creates the tables of an outbox on Postgres, or brings them up to date.')
    .option('--print-sql', 'print the SQL instead, for a role that may create tables')
    .option('--from <version>', 'version of the tables that exist', wholeNumber('--from', 1, 1_000_000))
    .option('--role <name>', 'role that adds and works: print its rights as well')
    .addHelpText('after', migrateDetails)
    .action((options: MigrateCommandOptions) =>
      run(async (terminal) => (await import('./run-migrate.ts')).runMigrate(options, terminal)),
    )
}

function keyCommand(run: RunCommand): Command {
  return new Command('key')
    .summary('create an encryption key')
    .description('Creates an encryption key for the outbox, and prints it.')
    .argument('[name]', 'the name of the key', new Date().toISOString().slice(0, 10))
    .option('-o, --output <file>', 'write it to a new file that only you can read')
    .addHelpText('after', keyDetails)
    .action((name: string, options: KeyCommandOptions) =>
      run(async (terminal) => (await import('./run-key.ts')).runKey(name, options, terminal)),
    )
}

function withStore(command: Command): Command {
  return command
    .option('--store <folder>', 'location of the outbox, instead of OUTBOX_STORE')
    .option('--keys-file <file>', 'file with the keys, instead of OUTBOX_KEYS')
}
