import { constants, open as openDescriptor, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from '../files/shown-name.ts'
import { onInterruption } from '../interruption.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { NO_TOKENS_IN_ARGUMENTS } from '../usage-error.ts'
import { type ByteSource, fileSource, streamSource } from './byte-source.ts'
import { foreignFormat } from './foreign-format.ts'
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
  return streamSource(new Socket({ fd: await openPipe(file), readable: true, writable: false }))
}

/** Waits until something writes to a pipe, or for Ctrl-C. @throws CommandError when interrupted */
async function openPipe(file: string): Promise<number> {
  const opening = promisify(openDescriptor)(file, 'r')
  const interruption = Promise.withResolvers<'interrupted'>()
  const stopListening = onInterruption(() => interruption.resolve('interrupted'))
  const fd = await Promise.race([opening, interruption.promise]).finally(stopListening)
  if (fd !== 'interrupted') return fd
  // A writer that does not wait ends the wait of the reader, which would keep the process alive.
  openDescriptor(file, constants.O_WRONLY | constants.O_NONBLOCK, () => {})
  throw new CommandError(ExitCode.interrupted, 'Interrupted before anything was written to the input.')
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
  const found = foreignFormat(reader.peek(), command)
  if (found) throw new CommandError(ExitCode.usage, `${name} is ${found}. Nothing was sent.`)
}
