import { Command, CommanderError } from 'commander'
import { describeError } from './command-error.ts'
import { doctorCommand } from './doctor/command.ts'
import { emulatorCommand } from './emulator/command.ts'
import { ExitCode } from './exit-code.ts'
import { looksLikeToken } from './input/open-input.ts'
import { introspectCommand } from './introspect/command.ts'
import { logoutUrlCommand } from './logout-url/command.ts'
import { outboxCommand } from './outbox/command.ts'
import { revokeCommand } from './revoke/command.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** Runs what a command does; its result is the exit code. */
export type RunCommand = (body: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>

const COMMANDS = [revokeCommand, doctorCommand, introspectCommand, logoutUrlCommand, outboxCommand, emulatorCommand]

const DETAILS = `
The provider and the application come from the environment:
  AUTHING_APP_ID           the application's id
  AUTHING_APP_HOST         its address, such as https://example.genauth.ai
  AUTHING_APP_ISSUER       instead of that, the issuer of any other provider
  AUTHING_APP_SECRET       its secret; or a file: AUTHING_APP_SECRET_FILE
  AUTHING_APP_CLIENT_AUTH  how it authenticates, such as client_secret_basic;
                           none for a public application
  AUTHING_APP_PROTOCOL     oidc or oauth, for GenAuth
  HTTPS_PROXY, NO_PROXY    the proxy

Examples:
  $ backend-logout doctor             is everything set up?
  $ backend-logout revoke tokens.txt  revoke one token a line
  $ backend-logout emulator           a local provider to try it with

'backend-logout <command> --help' has more examples, and the exit codes.`

/**
 * Runs the program and returns its exit code. Whatever goes wrong is told on standard error.
 *
 * @param args The arguments without node and script.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.done
  const run: RunCommand = async (body) => {
    exitCode = await body(terminal)
  }
  try {
    await createProgram(run, terminal).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage
    return tellError(error, terminal)
  }
}

/** Tells on standard error what went wrong, and returns the exit code for it. */
export function tellError(error: unknown, { env, stderr }: Terminal): ExitCode {
  const { message, exitCode } = describeError(error)
  stderr.write(`backend-logout: ${message}\n`)
  if (env.BACKEND_LOGOUT_DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`)
  return exitCode
}

function createProgram(run: RunCommand, terminal: Terminal): Command {
  const program = new Command('backend-logout')
    .description("Revokes users' tokens at GenAuth or any RFC 7009 provider.")
    .version(version(), '-V, --version', 'print the version')
    .addHelpText('after', DETAILS)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(`backend-logout: ${maskTokens(text.replace(/^error: /, ''))}`),
    })
  for (const make of COMMANDS) program.addCommand(make(run))
  applyManners(program, program.name())
  return program
}

/** Gives all commands the same manners. */
function applyManners(command: Command, path: string): void {
  command.helpOption('-h, --help', 'show help').showHelpAfterError(`Try '${path} --help'.`)
  for (const child of command.commands) {
    child.copyInheritedSettings(command)
    applyManners(child, `${path} ${child.name()}`)
  }
}

/** Somebody may have put a token where a word was wanted; errors end up in logs. */
function maskTokens(text: string): string {
  return text.replace(/[^\s'"=,]+/g, (word) => (looksLikeToken(word) ? '(hidden)' : word))
}
