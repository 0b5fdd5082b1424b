import { isUtf8 } from 'node:buffer'
import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { cannotRead, openInput } from './revoke/input.ts'
import { note, type Terminal } from './terminal.ts'

const MAX_BYTES = 262_144

/** A text that was read as a whole. */
export interface SmallInput {
  readonly text: string
  /** How messages call where it came from. */
  readonly name: string
}

/**
 * Reads a file, or standard input for `-`, that holds one or a few tokens.
 *
 * @throws CommandError when it cannot be read, is too large for that, or no text
 */
export async function readSmallInput(file: string, terminal: Terminal): Promise<SmallInput> {
  const { stream, name } = openInput(file, terminal)
  if (stream === terminal.stdin && terminal.stdin.isTTY) note(terminal, 'Paste the token, then press Enter and Ctrl-D.')
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_BYTES) throw new CommandError(ExitCode.usage, `${name} is too large to hold a token.`)
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(ExitCode.usage, cannotRead(name, error))
  } finally {
    stream.destroy()
  }
  const bytes = Buffer.concat(chunks)
  if (!isUtf8(bytes)) throw new CommandError(ExitCode.usage, `${name} is not UTF-8 text.`)
  return { text: bytes.toString().replace(/^\ufeff/, ''), name }
}
