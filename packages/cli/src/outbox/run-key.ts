import { randomBytes } from 'node:crypto'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { print, type Terminal } from '../terminal/terminal.ts'

/** Makes a key for an outbox, and prints it as OUTBOX_KEYS takes it. */
export async function runKey(name: string, terminal: Terminal): Promise<ExitCode> {
  // The name is printed, so it must not be a key or a token that somebody passes by mistake.
  if (!/^[a-z\d][a-z\d_.-]{0,29}$/.test(name)) {
    throw new CommandError(
      ExitCode.usage,
      'The name of a key must be 1 to 30 lower-case letters, digits or -_. characters, such as 2027-01.',
    )
  }
  print(terminal, `${name}:${randomBytes(32).toString('base64url')}`)
  return ExitCode.done
}
