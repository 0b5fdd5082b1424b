import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'

/** The character in place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd'

/**
 * Refuses arguments whose bytes are lost, because they were in another encoding: all users in a legacy encoding would
 * become the same one, and the command would report success for a user that does not exist.
 *
 * @throws CommandError
 */
export function refuseBrokenText(args: readonly string[]): void {
  const at = args.findIndex((text) => text.includes(REPLACEMENT))
  if (at === -1) return
  throw new CommandError(
    ExitCode.usage,
    `Argument ${at + 1} is not UTF-8 text, or has the character U+FFFD, which stands for such text. Use UTF-8 in the ` +
      'terminal, or convert the text with iconv.',
  )
}
