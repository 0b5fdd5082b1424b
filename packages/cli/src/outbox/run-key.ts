import { randomBytes } from 'node:crypto'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { print, type Terminal } from '../terminal.ts'

/** Makes a key for an outbox, and prints it as OUTBOX_KEYS takes it. */
export async function runKey(name: string, terminal: Terminal): Promise<ExitCode> {
  if (!/^[\w.:-]{1,100}$/.test(name)) {
    throw new CommandError(ExitCode.usage, 'The name of a key is 1 to 100 letters, digits or -_.: characters.')
  }
  print(terminal, `${name}:${randomBytes(32).toString('base64url')}`)
  return ExitCode.done
}
