import { open as openDescriptor, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from '../files/shown-name.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { NO_TOKENS_IN_ARGUMENTS } from '../usage-error.ts'
import { type ByteSource, fileSource, streamSource } from './byte-source.ts'
import type { LineReader } from './line-reader.ts'

/** Source of tokens. */
export interface Input extends ByteSource {
  /** Its name in messages. */
  readonly name: string
  /** Its length in bytes, if it is known. */
  readonly totalBytes: number | undefined
  /** True if a person types it. */
  readonly typed: boolean
}

/**
 * Opens a file, or standard input for `-`.
 *
 * @throws CommandError when it cannot be read
 */
export async function openInput(file: string, { stdin }: Terminal): Promise<Input> {
  if (file === '-') {
    return { ...streamSource(stdin), name: 'standard input', totalBytes: undefined, typed: stdin.isTTY === true }
  }
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) throw new CommandError(ExitCode.usage, `${file} is a folder. Name a file with tokens.`)
    const source = stat.isFIFO() ? await pipeSource(file) : fileSource(await open(file))
    return { ...source, name: file, totalBytes: stat.isFile() ? stat.size : undefined, typed: false }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(ExitCode.usage, cannotRead(file, error))
  }
}

/** Reads a pipe, as from `<(…)`. Read as a file, it could not be closed before its writer ends. */
async function pipeSource(file: string): Promise<ByteSource> {
  const fd = await promisify(openDescriptor)(file, 'r')
  return streamSource(new Socket({ fd, readable: true, writable: false }))
}

/** Describes why an input cannot be read. */
function cannotRead(file: string, error: unknown): string {
  const name = shownName(file, 'The given file')
  const advice = name === file ? '' : ` ${NO_TOKENS_IN_ARGUMENTS}`
  return `${name} cannot be read: ${describeSystemError(error)}.${advice}`
}

/**
 * Recognizes files with text in another form, by their first bytes.
 *
 * @throws CommandError with what to do
 */
export async function refuseForeignFormat(reader: LineReader, name: string, command: string): Promise<void> {
  await reader.fill()
  const [first, second] = reader.peek()
  const bytes = ((first ?? 0) << 8) | (second ?? 0)
  const refuse = (what: string): never => {
    throw new CommandError(ExitCode.usage, `${name} is ${what}. Nothing was sent.`)
  }
  if (bytes === 0xfffe || bytes === 0xfeff) refuse('UTF-16 text; save it as UTF-8')
  if (bytes === 0x1f8b) refuse(`compressed; use 'zcat FILE | backend-logout ${command} -'`)
  if (bytes === 0x504b) refuse('a zip archive or a spreadsheet; export plain text with one token per line')
}
