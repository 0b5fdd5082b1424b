import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { cannotRead, openInput, refuseForeignFormat } from './revoke/input.ts'
import { LineReader } from './revoke/line-reader.ts'
import { parseTokenLine } from './revoke/token-line.ts'
import { note, type Terminal } from './terminal.ts'

/** A token that was read, and what kind it is said to be. */
export interface SingleToken {
  readonly token: string
  readonly hint: string | undefined
}

/**
 * Reads the one token that a file or standard input holds.
 *
 * @throws CommandError when there is none, or more than one
 */
export async function readSingleToken(file: string, terminal: Terminal): Promise<SingleToken> {
  const { stream, name } = openInput(file, terminal)
  if (stream === terminal.stdin && terminal.stdin.isTTY) note(terminal, 'Paste the token, then press Enter and Ctrl-D.')
  const reader = new LineReader(stream, { digest: false })
  let found: SingleToken | undefined
  try {
    await refuseForeignFormat(reader, name)
    while (!reader.ended) {
      const line = reader.take()
      if (line === undefined) {
        await reader.fill()
        continue
      }
      const parsed = parseTokenLine(line)
      if (!parsed) continue
      if (parsed.token === undefined) {
        throw new CommandError(ExitCode.usage, `${name}, line ${reader.line}: ${parsed.problem}`)
      }
      if (found) throw new CommandError(ExitCode.usage, `${name} holds more than one token; give exactly one.`)
      found = parsed
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandError(ExitCode.stopped, cannotRead(name, error))
    throw error
  } finally {
    stream.destroy()
  }
  if (!found) throw new CommandError(ExitCode.usage, `There is no token in ${name}.`)
  return found
}
