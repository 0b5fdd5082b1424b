import { isUtf8 } from 'node:buffer'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { note, type Terminal } from '../terminal/terminal.ts'
import { openInput } from './open-input.ts'

const MAX_BYTES = 262_144

/** A text that was read as a whole. */
export interface SmallInput {
  readonly text: string
  /** The name of its source in messages. */
  readonly name: string
}

/**
 * Reads a file, or standard input for `-`, with one or a few tokens.
 *
 * @throws CommandError when it cannot be read, is too large, or is not text
 */
export async function readSmallInput(file: string, terminal: Terminal): Promise<SmallInput> {
  const { name, typed, read, close } = await openInput(file, terminal)
  if (typed) note(terminal, 'Paste the token, then press Enter and Ctrl-D.')
  const buffer = Buffer.alloc(MAX_BYTES)
  let size = 0
  try {
    for (let count = -1; count !== 0; size += count) {
      if (size === MAX_BYTES) throw new CommandError(ExitCode.usage, `${name} is too large for a token.`)
      count = await read(buffer, size)
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(ExitCode.usage, `${name} cannot be read: ${describeSystemError(error)}.`)
  } finally {
    await close()
  }
  const bytes = buffer.subarray(0, size)
  if (!isUtf8(bytes)) throw new CommandError(ExitCode.usage, `${name} is not UTF-8 text.`)
  return { text: bytes.toString().replace(/^\ufeff/, ''), name }
}
