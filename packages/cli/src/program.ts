import { Command, CommanderError } from 'commander'
import { refuseBrokenText } from './argument-text.ts'
import { describeError, framesOf } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { refuseRepeatedOptions } from './repeated-option.ts'
import type { RunCommand } from './run-command.ts'
import { ownName } from './terminal/own-name.ts'
import { note, print, type Terminal } from './terminal/terminal.ts'
import { describeUsageError } from './usage-error.ts'
import { version } from './version.ts'

/** Makes a command. */
type MakeCommand = (run: RunCommand) => Command

/** All commands, in the order of the help. Each is loaded only when it is needed. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  revoke: async () => (await import('./revoke/command.ts')).revokeCommand,
  'revoke-user': async () => (await import('./revocations/commands.ts')).revokeUserCommand,
  'revoke-session': async () => (await import('./revocations/commands.ts')).revokeSessionCommand,
  'revoke-issuer': async () => (await import('./revocations/commands.ts')).revokeIssuerCommand,
  'logout-user': async () => (await import('./logout-user/command.ts')).logoutUserCommand,
  doctor: async () => (await import('./doctor/command.ts')).doctorCommand,
  introspect: async () => (await import('./introspect/command.ts')).introspectCommand,
  report: async () => (await import('./report/command.ts')).reportCommand,
  'logout-url': async () => (await import('./logout-url/command.ts')).logoutUrlCommand,
  outbox: async () => (await import('./outbox/command.ts')).outboxCommand,
  emulator: async () => (await import('./emulator/command.ts')).emulatorCommand,
}

const DETAILS = `
The provider and the application come from the environment:
  AUTHING_APP_ID           the application's id
  AUTHING_APP_HOST         its address, such as https://example.genauth.ai
  AUTHING_APP_ISSUER       instead of that, the issuer of any other provider
  AUTHING_APP_ENDPOINT_HOSTS
                           the only other hosts that the issuer's metadata may name
  AUTHING_APP_SECRET       its secret; or a file: AUTHING_APP_SECRET_FILE
  AUTHING_APP_CLIENT_AUTH  its authentication method, such as client_secret_basic;
                           none for a public application
  AUTHING_APP_PROTOCOL     oidc or oauth, for GenAuth
  AUTHING_APP_METADATA_URL, AUTHING_APP_REVOCATION_ENDPOINT,
  AUTHING_APP_INTROSPECTION_ENDPOINT, AUTHING_APP_END_SESSION_ENDPOINT
                           the provider's addresses, if it has no usable metadata
  AUTHING_APP_PRIVATE_KEY_FILE
                           the key for private_key_jwt
  AUTHING_APP_CA_FILE, AUTHING_APP_CERT_FILE, AUTHING_APP_KEY_FILE
                           certificates, in PEM
  AUTHING_APP_ALREADY_INVALID_ERRORS
                           errors that mean that a token is no longer valid
  AUTHING_APP_ALLOW_INSECURE_HTTP
                           true allows http to hosts other than loopback
  AUTHING_APP_TIMEOUT_MS, AUTHING_APP_DEADLINE_MS, AUTHING_APP_RETRIES
                           time limits, and more: see the README
  REVOCATIONS_STORE        the revocation log that your services follow
  FINGERPRINT_KEY          the secret key for fingerprints of tokens; or a file:
                           FINGERPRINT_KEY_FILE
  HTTPS_PROXY, NO_PROXY    the proxy

Examples:
  $ backend-logout doctor             check the setup
  $ backend-logout revoke tokens.txt  revoke a file of tokens, one per line
  $ backend-logout emulator           run a local provider for testing

'backend-logout <command> --help' has more examples and the exit codes.`

/**
 * Runs the program and returns its exit code. All errors are written to standard error.
 *
 * @param args The arguments without node and script.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.done
  const run: RunCommand = async (body) => {
    exitCode = await body(terminal)
  }
  let failed: Command | undefined
  const commands = await loadCommands(args[0])
  const program = createProgram(commands, run, terminal, (command) => {
    failed = command
  })
  try {
    refuseBrokenText(args)
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, terminal)
    if (error.exitCode === 0) return ExitCode.done
    // Without a command, commander has shown the help.
    if (error.code !== 'commander.help') report(describeUsageError(error, failed ?? program, args), terminal)
    return ExitCode.usage
  }
}

/** Reports an error on standard error, and returns its exit code. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  const { lines, exitCode } = describeError(error)
  report(lines, terminal)
  if (terminal.env.BACKEND_LOGOUT_DEBUG) note(terminal, ...framesOf(error))
  return exitCode
}

function report(lines: readonly string[], terminal: Terminal): void {
  // Commands that a message suggests, as this user can call them.
  const [first, ...rest] = lines.map((line) => line.replaceAll("'backend-logout ", `'${ownName(terminal)} `))
  note(terminal, `backend-logout: ${first}`, ...rest)
}

/** Loads the command that the first argument names. For help, an option or a wrong name, all of them are needed. */
function loadCommands(name = ''): Promise<MakeCommand[]> {
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return Promise.all((named ? [named] : Object.values(COMMANDS)).map((load) => load()))
}

function createProgram(
  commands: readonly MakeCommand[],
  run: RunCommand,
  terminal: Terminal,
  onError: (command: Command) => void,
): Command {
  const program = new Command('backend-logout')
    .description("Revokes users' tokens at GenAuth or any RFC 7009 provider.")
    .version(version(), '-V, --version', 'print the version')
    .addHelpText('after', DETAILS)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => print(terminal, ...text.trimEnd().split('\n')),
      writeErr: (text) => note(terminal, ...text.trimEnd().split('\n')),
      // It would repeat the arguments.
      outputError: () => {},
    })
  for (const make of commands) program.addCommand(make(run))
  applyManners(program, onError)
  return program
}

/** Configures all commands in the same way. */
function applyManners(command: Command, onError: (command: Command) => void): void {
  command.helpOption('-h, --help', 'show help').exitOverride((error) => {
    onError(command)
    throw error
  })
  refuseRepeatedOptions(command)
  for (const child of command.commands) applyManners(child.copyInheritedSettings(command), onError)
}
