import { constants, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFile } from '../files/found-file.ts'
import { openPrivate } from '../files/private-file.ts'
import { shownName } from '../files/shown-name.ts'
import { printableLines } from '../terminal/printable.ts'
import { OUTCOME_START } from './outcome-line.ts'
import { type OutcomeSink, openOutcomePipe } from './outcome-stream.ts'
import { startOfOutput } from './output-start.ts'

const READ_BYTES = 4_096
/** A run that is killed leaves far less after its last record. */
const MAX_TAIL_BYTES = 64 * 1024 * 1024

/** Position in an output file at which a run continues. */
export interface GoOn {
  /**
   * The length of the file when the earlier run last wrote its journal. Lines after it are about tokens that are sent
   * again, and are cut off.
   */
  readonly length: number | undefined
}

/** The parts of a run that an output needs. */
export interface OutcomeFileOptions {
  /** See `otherFilesThan`. */
  readonly otherFiles?: string
  /** Receives the start of the first line, before it is written into an empty file. */
  readonly onStart?: ((start: Uint8Array) => void) | undefined
}

/**
 * Opens the file of `--output`: a private file, or a device or pipe that exists.
 *
 * @param goOn Set when a run continues, so that the lines of the earlier one are kept. Without it, the file is emptied.
 * @throws CommandError
 */
export async function openOutcomeFile(
  path: string,
  goOn: GoOn | undefined,
  { otherFiles = 'another file for --output', onStart }: OutcomeFileOptions = {},
): Promise<OutcomeSink> {
  const name = shownName(path, 'The output')
  if (findFile(path, 'The output')?.isFIFO()) return openOutcomePipe(path, name)
  const file = await openOutput(path)
  const { fd } = file
  let bytes = fstatSync(fd).isFile() ? fstatSync(fd).size : undefined
  const refusal = (why: string, exitCode: ExitCode = ExitCode.stopped): CommandError =>
    new CommandError(exitCode, `${name} ${why}`)
  return {
    get bytes() {
      return bytes
    },
    begin: () => {
      if (bytes === undefined) return
      try {
        const end = goOn ? endOfOutcomes(fd, bytes, goOn.length) : 0
        if (end === undefined) throw refusal(`has lines that are not from a run. Name ${otherFiles}.`, ExitCode.usage)
        if (end < bytes) ftruncateSync(fd, end)
        bytes = end
      } catch (error) {
        throw error instanceof CommandError ? error : refusal(`cannot be used: ${describeSystemError(error)}.`)
      }
    },
    write: (lines) => {
      const data = Buffer.from(printableLines(lines))
      const start = bytes === 0 ? startOfOutput(data) : undefined
      if (start) onStart?.(start)
      try {
        let written = 0
        while (written < data.length) written += writeSync(fd, data, written)
      } catch (error) {
        cutBack(fd, bytes)
        throw refusal(`cannot be written: ${describeSystemError(error)}. Stopping.`)
      }
      if (bytes !== undefined) bytes += data.length
    },
    drained: () => undefined,
    flushed: () => undefined,
    [Symbol.asyncDispose]: () => file.close(),
  }
}

async function openOutput(path: string): Promise<FileHandle> {
  const found = findFile(path, 'The output')
  // Another name for an open file, such as `/dev/stdout`. Only the files in shared memory are what they seem.
  if (found?.isFile() && /^\/(?:dev(?!\/shm\/)|proc)\//.test(path)) {
    throw new CommandError(ExitCode.usage, `The output must not be a file through ${path}; '-' is standard output.`)
  }
  if (!found || found.isFile()) return openPrivate(path, 'The output', { append: true })
  try {
    const file = await open(path, constants.O_WRONLY)
    // A device or a pipe may have been replaced in the meantime.
    if (!(await file.stat()).isFile()) return file
    await file.close()
    throw new CommandError(ExitCode.usage, `The output ${path} has changed. Name another file.`)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(
      ExitCode.usage,
      `${shownName(path, 'The output')} cannot be used: ${describeSystemError(error)}.`,
    )
  }
}

function cutBack(fd: number, bytes: number | undefined): void {
  if (bytes === undefined) return
  try {
    ftruncateSync(fd, bytes)
  } catch {
    // The next run removes a torn line.
  }
}

/** The end of the outcomes that a run continues; `undefined` when the part to cut off is not from a run. */
function endOfOutcomes(fd: number, size: number, length: number | undefined): number | undefined {
  const end = length !== undefined && length <= size ? length : endOfLines(fd, size)
  if (size - end > MAX_TAIL_BYTES || (end > 0 && read(fd, end - 1, 1).toString() !== '\n')) return undefined
  for (let at = end; at < size; at = endOfLine(fd, at, size)) {
    const start = read(fd, at, Math.min(OUTCOME_START.length, size - at)).toString()
    if (!OUTCOME_START.startsWith(start)) return undefined
  }
  return end
}

/** The end of the last complete line. A killed run may have left half a line after it. */
function endOfLines(fd: number, size: number): number {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - READ_BYTES)
    const newline = read(fd, start, end - start).lastIndexOf('\n')
    if (newline !== -1) return start + newline + 1
    end = start
  }
  return 0
}

/** The end of the line that starts at `from`. */
function endOfLine(fd: number, from: number, size: number): number {
  for (let at = from; at < size; at += READ_BYTES) {
    const newline = read(fd, at, Math.min(READ_BYTES, size - at)).indexOf('\n')
    if (newline !== -1) return at + newline + 1
  }
  return size
}

function read(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, readSync(fd, buffer, 0, length, from))
}
