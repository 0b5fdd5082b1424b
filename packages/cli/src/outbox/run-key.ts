import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { writeNewPrivateFile } from '../files/private-file.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'

/** The options of `backend-logout outbox key`. */
export interface KeyCommandOptions {
  readonly output?: string
}

/** Creates a key for an outbox, and prints it in the form of OUTBOX_KEYS, or writes it to a file. */
export async function runKey(name: string, { output }: KeyCommandOptions, terminal: Terminal): Promise<ExitCode> {
  // The name is printed, so it must not be a key or a token that was passed by mistake.
  if (!/^[a-z\d][a-z\d_.-]{0,29}$/.test(name)) {
    throw new CommandError(
      ExitCode.usage,
      'The name of a key must be 1 to 30 lower-case letters, digits or -_. characters, such as 2027-01.',
    )
  }
  const key = `${name}:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')}`
  if (output === undefined) print(terminal, key)
  else {
    await writeNewPrivateFile(output, 'The file of --output', `${key}\n`)
    note(
      terminal,
      'backend-logout: the key is in the file of --output. Keep a copy: without it, the tokens in the outbox are lost.',
    )
  }
  return ExitCode.done
}
